import t from "tap";
import { TransactionFailed } from "../../../workers/_runtime/broker.ts";
import { topic } from "../../../workers/_runtime/event.ts";
import { Note, until } from "../../_support/fleet.ts";
import { ownedPartition, tick } from "../../_support/owned.ts";

const out = topic({ name: "out", records: [Note], key: (event) => event.key, partitions: 1 });

/** A partition whose handler emits `n`, with failures sown on its first commits. */
function emitting(sown: { readonly before?: readonly unknown[]; readonly after?: readonly unknown[] }) {
  const before = [...(sown.before ?? [])];
  const after = [...(sown.after ?? [])];
  const fail = (failures: unknown[]) => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  };
  const seen: number[] = [];
  const p = ownedPartition({
    emits: [out],
    handle({ n }, { emit }) {
      seen.push(n);
      emit(out, { type: "Note", key: "k", n, text: "" });
    },
    commit: () => fail(before),
    committed: () => fail(after),
  });
  return { ...p, seen, emitted: () => p.written("out").map(({ value }) => Number(value?.subarray(5))) };
}

const unknown = () => new TransactionFailed("unknown", "no answer");

t.test("an unknown end that happened is not written again, and no handler runs again", async (t) => {
  const p = emitting({ after: [unknown()] });
  t.teardown(p.close);
  p.take([1, 2, 3].map((n) => p.note("k", n)));
  await until(t, "the first are through", () => p.owned.partition.held === 0);
  p.take([p.note("k", 4)]);
  await until(t, "all are through", () => p.owned.partition.held === 0);
  t.same(p.emitted(), [1, 2, 3, 4]);
  t.same(p.seen, [1, 2, 3, 4]);
  t.match(p.owned.partition, { held: 0, heldBytes: 0 });
  t.match(p.transactions.at(-1)?.offsets, [{ offset: 4, metadata: "" }]);
});

t.test(
  "an unknown end that did not happen is written again, in order, and no handler runs again",
  async (t) => {
    const p = emitting({ before: [unknown(), unknown(), new Error("of no known kind")] });
    t.teardown(p.close);
    p.take([1, 2].map((n) => p.note("k", n)));
    await tick(30);
    p.take([3, 4].map((n) => p.note("k", n)));
    await until(t, "all are through", () => p.owned.partition.held === 0);
    t.same(p.emitted(), [1, 2, 3, 4]);
    t.same(p.seen, [1, 2, 3, 4]);
    t.same(p.lost, []);
  },
);

t.test("after a failure nothing is initialised before a heartbeat is answered well", async (t) => {
  const answered = Promise.withResolvers<void>();
  const failures: unknown[] = [unknown()];
  let fences = 0;
  const p = ownedPartition({
    emits: [out],
    handle: ({ n }, { emit }) => emit(out, { type: "Note", key: "k", n, text: "" }),
    commit() {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
    },
    heartbeat: () => answered.promise,
    fenced: () => void fences++,
  });
  t.teardown(p.close);
  p.take([p.note("k", 1)]);
  while (failures.length > 0) await tick(5);
  await tick(100);
  t.same([fences, p.transactions.length], [0, 0], "a zombie would fence the owner here");
  answered.resolve();
  while (p.transactions.length === 0) await tick(5);
  t.equal(fences, 1);
  t.equal(p.written("out").length, 1);
});

t.test("a fenced owner writes nothing more and asks to be opened anew", async (t) => {
  const p = emitting({ before: [new TransactionFailed("fenced", "another has it")] });
  t.teardown(p.close);
  p.take([1, 2].map((n) => p.note("k", n)));
  await until(t, "it is lost", () => p.lost.length > 0);
  t.equal(p.lost.length, 1);
  p.close();
  await tick(60);
  t.same(p.emitted(), []);
});

t.test("a refused record of a group is found by halves; the others go out once, in order", async (t) => {
  const seen: number[] = [];
  const p = ownedPartition({
    emits: [out],
    handle({ n }, { emit }) {
      seen.push(n);
      emit(out, { type: "Note", key: "k", n, text: "" });
    },
    commit({ records }) {
      if (records.some(({ topic: to, value }) => to === "out" && Number(value?.subarray(5)) % 40 === 13))
        throw new TransactionFailed("refused", "too large", {}, false);
    },
  });
  t.teardown(p.close);
  p.take(Array.from({ length: 200 }, (_, n) => p.note(`k${n % 7}`, n)));
  await until(t, "all are through", () => p.owned.partition.held === 0);
  const emitted = p.written("out").map(({ value }) => Number(value?.subarray(5)));
  const expected = Array.from({ length: 200 }, (_, n) => n).filter((n) => n % 40 !== 13);
  t.same(
    emitted.toSorted((a, b) => a - b),
    expected,
    "each once",
  );
  for (let key = 0; key < 7; key++) {
    const own = emitted.filter((n) => n % 7 === key);
    t.same(
      own,
      own.toSorted((a, b) => a - b),
      `order of k${key}`,
    );
  }
  t.equal(p.written(p.family.dlq).length, 5);
  t.equal(seen.length, 200);
  t.match(p.owned.partition, { held: 0, heldBytes: 0 });
});

t.test("a half that outgrows the done map is written before the other half", async (t) => {
  const [odd, even] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const p = ownedPartition({
    emits: [out],
    concurrency: 10_000,
    async handle({ n }, { emit }) {
      if (n !== 3_002) await (n % 2 === 1 ? odd : even).promise;
      if (n >= 3_000 && n < 3_003) emit(out, { type: "Note", key: "pair", n, text: "" });
    },
    commit({ records }) {
      if (records.some(({ topic: to, value }) => to === "out" && Number(value?.subarray(5)) === 3_000))
        throw new TransactionFailed("refused", "too large", {}, false);
    },
  });
  t.teardown(p.close);
  p.take(Array.from({ length: 4_000 }, (_, n) => p.note(n === 3_001 || n === 3_002 ? "pair" : `k${n}`, n)));
  await tick();
  // What is committed of one half leaves a gap between every two records of the other.
  odd.resolve();
  await odd.promise;
  even.resolve();
  await until(t, "all are through", () => p.owned.partition.held === 0);
  t.same(
    p.written("out").map(({ value }) => Number(value?.subarray(5))),
    [3_001, 3_002],
  );
  t.equal(p.written(p.family.dlq).length, 1);
  t.ok(p.transactions.every(({ offsets }) => offsets.every(({ metadata }) => metadata.length <= 4_096)));
  t.match(p.owned.partition, { held: 0, heldBytes: 0 });
});

t.test("flush() ends when all is written, and with its signal when nothing can be", async (t) => {
  const p = emitting({});
  t.teardown(p.close);
  p.take([p.note("k", 1)]);
  await tick();
  await p.owned.transactions.flush(new AbortController().signal);
  t.same(p.emitted(), [1]);
  const hanging = ownedPartition({ handle() {}, commit: () => new Promise(() => {}) });
  t.teardown(hanging.close);
  hanging.take([hanging.note("k", 1)]);
  await tick();
  const deadline = new AbortController();
  setTimeout(() => deadline.abort(), 50);
  await hanging.owned.transactions.flush(deadline.signal);
  t.same(hanging.transactions, []);
});
