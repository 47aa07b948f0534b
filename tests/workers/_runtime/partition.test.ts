import t from "tap";
import { Breaker } from "../../../workers/_runtime/breaker.ts";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { until } from "../../_support/fleet.ts";
import { ownedPartition, tick } from "../../_support/owned.ts";

t.test("a key has one queue at a time, whatever was stalled and is looked at again", async (t) => {
  let running = 0;
  let most = 0;
  const p = ownedPartition({
    // The first commit doesn't end: it would look at the stalled ones too early.
    commit: () => new Promise(() => {}),
    async handle() {
      most = Math.max(most, ++running);
      await tick(5);
      running--;
    },
  });
  t.teardown(p.close);
  const track = p.owned.opened.tracks.get("s");
  if (!track) return t.fail("there is a track");
  // Full for a moment: the queue is stalled; then another record of its key finds room again.
  const hasRoomFor = track.hasRoomFor.bind(track);
  track.hasRoomFor = () => false;
  p.take([p.note("k", 1)]);
  await tick();
  track.hasRoomFor = hasRoomFor;
  p.take([p.note("k", 2)]);
  await tick(40);
  p.take([p.note("k", 3)]);
  await tick();
  p.owned.partition.queues.unstall();
  p.take([p.note("k", 4)]);
  await tick(50);
  t.equal(most, 1, "never two of one key at once");
});

t.test("a head that becomes due later than what was ready keeps its timer", async (t) => {
  const seen: number[] = [];
  const at = new Map<number, number>();
  let release = () => {};
  const p = ownedPartition({
    concurrency: 1,
    async handle({ n }) {
      seen.push(n);
      at.set(n, Date.now());
      if (n === 0) await new Promise<void>((resolve) => (release = resolve));
    },
  });
  t.teardown(p.close);
  p.take([p.note("busy", 0), p.note("k", 1)]);
  await tick();
  // While k is ready, what comes before it arrives, due in a while (an earlier owner's, or after a clock's step back).
  const [level] = p.family.ladder;
  if (!level) return t.fail("there is a ladder");
  const due = Date.now() + 100;
  p.take([p.copy(level.topic, "k", 10, 0, due)]);
  release();
  await until(t, "all were handled", () => seen.length === 3);
  t.same(seen, [0, 10, 1]);
  t.ok((at.get(10) ?? 0) >= due, "not before its time");
});

t.test("a probe whose partition is closed while it runs doesn't keep the breaker half-open", async (t) => {
  const breaker = new Breaker({ threshold: 1, firstWaitMs: 1 });
  let release = () => {};
  const p = ownedPartition({
    breaker,
    handle: () => new Promise<void>((resolve) => (release = resolve)),
  });
  breaker.failed(Date.now() - 10, false);
  t.equal(breaker.state(Date.now()), "half-open");
  p.take([p.note("k", 1)]);
  await tick();
  t.equal(breaker.mayStart(Date.now(), 0), false, "it is being probed");
  p.close();
  release();
  await tick();
  t.equal(breaker.mayStart(Date.now(), 0), true, "the next handler is the probe");
  t.equal(p.dispatcher.running, 0);
});

t.test(
  "an unreadable record of a derived topic: a letter of its own place, and nothing stays counted",
  async (t) => {
    const p = ownedPartition({ handle() {} });
    t.teardown(p.close);
    const broken = p.record(p.family.replay, "k", p.value(1), [["bo-attempt", Buffer.from("many")]]);
    p.take([broken]);
    await until(t, "it is through", () => p.owned.partition.outstanding === 0);
    const [letter] = p.written(p.family.dlq);
    t.match(parseOurs(letter?.headers ?? []), {
      id: { topic: p.family.replay, partition: 0, offset: 0 },
      stage: "frame",
      error: "MalformedHeaders",
    });
    t.match(p.owned.partition, { held: 0, heldBytes: 0, outstanding: 0 });
  },
);

t.test("headers that could not be written again make a letter, not a crash", async (t) => {
  const p = ownedPartition({
    handle() {
      throw new Error("fails");
    },
  });
  t.teardown(p.close);
  for (const headers of [
    [["bo-replay", Buffer.from("x".repeat(200))]],
    [["bo-time", Buffer.from("9".repeat(20))]],
  ] as const)
    p.take([p.record(p.family.replay, "k", p.value(1), headers)]);
  await until(t, "they are through", () => p.owned.partition.outstanding === 0);
  t.same(
    p.written(p.family.dlq).map(({ headers }) => parseOurs(headers).error),
    ["MalformedHeaders", "MalformedHeaders"],
  );
});

t.test("a replay without its count fails and comes back as the run its key waits for", async (t) => {
  const seen: string[] = [];
  const p = ownedPartition({
    handle({ n }, { attempt }) {
      seen.push(`${n}/${attempt}`);
      if (n === 1 && attempt === 1) throw new Error("once");
    },
  });
  t.teardown(p.close);
  p.take([p.copy(p.family.replay, "k", 1, 0)]);
  const [level] = p.family.ladder;
  await until(t, "it is written", () => p.written(level?.topic ?? "").length === 1);
  const [written] = p.written(level?.topic ?? "");
  if (!level || !written) return t.fail("it was written to its delay topic");
  p.take([p.note("x", 0), p.note("k", 2)]);
  p.take([p.record(level.topic, "k", written.value, written.headers)]);
  await until(t, "the later one is written", () => p.written(level.topic).length === 2);
  const parked = p.written(level.topic)[1];
  if (!parked) return t.fail("the later record was parked");
  p.take([p.record(level.topic, "k", parked.value, parked.headers)]);
  await until(t, "all were handled", () => seen.length === 4);
  t.same(seen, ["1/1", "0/1", "1/2", "2/1"]);
});

t.test(
  "bodies of what was decided and not written give their memory back when the partition closes",
  async (t) => {
    const p = ownedPartition({ handle() {}, commit: () => new Promise(() => {}) });
    const [level] = p.family.ladder;
    p.take([
      p.copy(level?.topic ?? "", "a", 1, 0),
      p.copy(level?.topic ?? "", "b", 2, 1, Date.now() + 60_000),
    ]);
    t.ok(p.memory.usedBytes > 0);
    await tick(60);
    p.close();
    t.equal(p.memory.usedBytes, 0);
  },
);

t.test("while the registry is asked for the source's next record, retry topics go on", async (t) => {
  const seen: number[] = [];
  const p = ownedPartition({ handle: ({ n }) => void seen.push(n) });
  t.teardown(p.close);
  const [level] = p.family.ladder;
  t.equal(p.take([p.unknown("a", 1)]), true);
  t.equal(p.take([p.note("a", 2)]), false, "the source waits");
  t.equal(p.take([p.copy(level?.topic ?? "", "b", 3, 5)]), true);
  await tick(10);
  t.same(seen, [3]);
});

t.test("a fetched body waits for its turn no longer than its signal, and the turns go on", async (t) => {
  const seen: number[] = [];
  const p = ownedPartition({ memoryBytes: 0, handle: ({ n }) => void seen.push(n) });
  t.teardown(p.close);
  const [level] = p.family.ladder;
  p.take(Array.from({ length: 60 }, (_, i) => p.copy(level?.topic ?? "", `k${i}`, i, i)));
  await tick();
  t.ok(p.dispatcher.running > 4, "more wait than may fetch at once");
  p.interrupt();
  await until(t, "all of them let go", () => p.dispatcher.running === 0);
  await until(t, "all run later", () => seen.length === 60);
});

t.test("a slow key among records of others' keys and kinds never outgrows the done map", async (t) => {
  let release = () => {};
  const seen: number[] = [];
  const p = ownedPartition({
    handle: ({ n }) => {
      if (n === 0) return new Promise<void>((resolve) => (release = resolve));
      seen.push(n);
    },
    commit({ offsets }) {
      if (offsets.some(({ metadata }) => metadata.length > 4_096))
        throw new Error("Offset metadata too large");
    },
  });
  t.teardown(p.close);
  const records = [p.note("slow", 0)];
  // Each of the slow key's waits; between two of them lie one of another key and one that is not ours.
  for (let n = 1; n < 9_000; n += 3)
    records.push(p.note("slow", n), p.note(`quick${n % 50}`, n + 1), p.other("slow", n + 2));
  t.equal(p.take(records), true);
  await until(t, "the quick ones went on", () => seen.length > 500 && p.transactions.length > 0);
  await tick(200);
  t.ok(seen.length < 3_000, `as far as the map goes: ${seen.length}`);
  release();
  await until(t, "all go on once it is through", () => seen.length >= 6_000);
  t.equal(seen.length, 6_000);
  t.same(p.written(p.family.dlq), []);
  t.equal(new Set(seen).size, seen.length);
  const last = () => p.transactions.at(-1)?.offsets[0]?.offset;
  await until(t, "all is committed", () => last() === records.length && p.owned.partition.held === 0);
  t.match(p.owned.partition, { held: 0, heldBytes: 0 });
  t.match(p.transactions.at(-1)?.offsets, [{ offset: records.length, metadata: "" }]);
});

t.test("followers of a key in a delay topic are let in only while the done map has room", async (t) => {
  let release = () => {};
  const p = ownedPartition({
    retry: ["1h"],
    handle: ({ n }) => {
      if (n === 0) return new Promise<void>((resolve) => (release = resolve));
      if (n === 1) throw new Error("to be retried in an hour");
    },
    commit({ offsets }) {
      if (offsets.some(({ metadata }) => metadata.length > 4_096))
        throw new Error("Offset metadata too large");
    },
  });
  t.teardown(p.close);
  const delayed = p.family.ladder[0]?.topic ?? "";
  p.take([p.note("slow", 0), p.note("parked", 1)]);
  await until(t, "the head is parked", () => p.written(delayed).length === 1);
  const records = [];
  for (let n = 2; n < 8_000; n += 2) records.push(p.note("slow", n), p.note("parked", n + 1));
  p.take(records);
  await tick(200);
  release();
  await until(t, "all followers are parked", () => p.written(delayed).length >= 4_000);
  t.equal(p.written(delayed).length, 4_000);
  t.same(p.lost, []);
  await until(t, "all is committed", () => p.transactions.at(-1)?.offsets[0]?.offset === 8_000);
  t.match(p.transactions.at(-1)?.offsets, [{ topic: "s", offset: 8_000, metadata: "" }]);
});

t.test(
  "heads behind their followers run in the end, with no body in memory and the done map full",
  async (t) => {
    const KEYS = 1_800;
    const done = new Set<number>();
    const p = ownedPartition({
      // Both levels share a topic: a head that fails again lies behind its followers.
      retry: ["10ms", "10ms"],
      memoryBytes: 0,
      readMs: 0,
      handle({ n }, { attempt }) {
        if (n % 2 === 0 && attempt === 2) throw new Error("once more");
        done.add(n);
      },
      commit({ records, offsets }) {
        if (offsets.some(({ metadata }) => metadata.length > 4_096))
          throw new Error("Offset metadata too large");
        // As the log would hand them back.
        const copies = records.map(({ topic, key, value, headers }) => ({ topic, key, value, headers }));
        setTimeout(() => {
          for (const { topic, key, value, headers } of copies)
            if (topic === delayed) p.take([p.record(topic, key?.toString() ?? null, value, headers)]);
        }, 2);
      },
    });
    t.teardown(p.close);
    const delayed = p.family.ladder[0]?.topic ?? "";
    const records = [];
    for (let k = 0; k < KEYS; k++) {
      records.push(p.copy(delayed, `k${k}`, 2 * k, 2 * k, 0, 2));
      records.push(p.copy(delayed, `k${k}`, 2 * k + 1, 2 * k + 1, 0, 1));
    }
    p.take(records);
    // Seconds of computing where nobody else works.
    await until(t, "all were handled", () => done.size >= 2 * KEYS, 300);
    t.equal(done.size, 2 * KEYS);
    t.same(p.written(p.family.dlq), []);
  },
);
