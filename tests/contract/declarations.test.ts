import t from "tap";
import { defineWorker, from, record, topic } from "../../workers/_runtime/mod.ts";
import type { KafkaRecord } from "../../workers/_runtime/record.ts";
import { type Fleet, fleet, Note, noteTopic, until } from "../_support/fleet.ts";
import { copyOf } from "./copy.ts";

/** What a declaration can say, against what then happens. */

interface Bill {
  type: "Bill";
  customer: string;
  cents: number;
}

const Bill = record<Bill>("test.Bill", {
  type: "record",
  name: "Bill",
  namespace: "test",
  fields: [
    { name: "customer", type: "string" },
    { name: "cents", type: "long" },
  ],
});

const stagesOf = (records: readonly KafkaRecord[]) =>
  records.map(copyOf).map(({ ours }) => `${ours["bo-stage"]} ${ours["bo-attempt"]}`);

async function committedOffsets(f: Fleet, group: string, topicName: string): Promise<(number | undefined)[]> {
  const committed = (await f.broker.admin.committed(group, [topicName])).get(topicName) ?? [];
  return [...committed].sort((a, b) => a.partition - b.partition).map(({ offset }) => offset);
}

t.test(
  "several sources with other partition counts: each has its own order, its own topics, its own readers",
  async (t) => {
    const f = await fleet(t);
    const notes = noteTopic(f.unique("notes"), 2);
    const mixed = topic({
      name: f.unique("mixed"),
      records: [Note, Bill],
      key: (event: Note | Bill) => (event.type === "Bill" ? event.customer : event.key),
      partitions: 5,
    });
    const seen: string[] = [];
    const { promise: othersThrough, resolve: goOn } = Promise.withResolvers<void>();
    const worker = defineWorker({
      name: f.unique("several"),
      reads: [from(notes, Note), from(mixed, Bill)],
      retry: ["400ms"],
      async handle(event, { attempt, id }) {
        const source = id.startsWith(notes.name) ? "notes" : "mixed";
        const what = event.type === "Note" ? event.n : event.cents;
        // However long the other topic takes: did it wait for this retry, nothing would go on.
        if (attempt === 2) await othersThrough;
        if (source === "mixed" && what === 2) goOn();
        seen.push(`${source} ${event.type} ${what} ${attempt}`);
        if (source === "notes" && what === 1 && attempt === 1)
          throw new Error("so that its followers are parked");
      },
    });
    await f.prepare([notes, mixed], [worker]);
    const note = (n: number) => f.note(notes, { key: "same", n });
    const bill = (cents: number) => f.event(mixed, { type: "Bill", customer: "same", cents });
    // A note on the topic whose notes it doesn't read: not its business, done at once.
    const foreign = f.event(mixed, { type: "Note", key: "same", n: 9, text: "" });
    await f.send([note(1), note(2), bill(1), foreign, bill(2)]);
    await f.run(worker);
    await until(t, "all were handled", () => seen.length === 5);
    const of = (source: string) => seen.filter((line) => line.startsWith(source));
    t.same(of("notes"), ["notes Note 1 1", "notes Note 1 2", "notes Note 2 1"]);
    t.same(of("mixed"), ["mixed Bill 1 1", "mixed Bill 2 1"], "the same key on another topic did not wait");
    t.same(stagesOf(await f.all(`${notes.name}.${worker.name}.retry.400ms`)), ["handle 2", "parked 1"]);
    t.same(await f.all(`${mixed.name}.${worker.name}.retry.400ms`), []);
    await until(t, "all is committed", async () => {
      const all = [
        ...(await committedOffsets(f, worker.name, notes.name)),
        ...(await committedOffsets(f, worker.name, mixed.name)),
      ];
      return all.reduce<number>((sum, offset) => sum + (offset ?? 0), 0) === 5;
    });
  },
);

t.test("null keys have no order: nothing is parked behind them", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("keyless"), 1);
  const seen: string[] = [];
  let together = 0;
  let most = 0;
  const { promise: othersThrough, resolve: goOn } = Promise.withResolvers<void>();
  const worker = defineWorker({
    name: f.unique("loose"),
    reads: [from(source, Note)],
    retry: ["300ms"],
    async handle(event, { attempt, key }) {
      if (attempt === 2) await othersThrough;
      seen.push(`${event.n} ${attempt} ${key}`);
      if (seen.length === 20) goOn();
      most = Math.max(most, ++together);
      await new Promise((resolve) => setTimeout(resolve, 20));
      together--;
      if (event.n === 0 && attempt === 1) throw new Error("a sown failure");
    },
  });
  await f.prepare([source], [worker]);
  await f.send(
    Array.from({ length: 20 }, (_, n) => ({ ...f.note(source, { key: "", n }), key: null, partition: 0 })),
  );
  await f.run(worker);
  await until(t, "all were handled", () => seen.length === 21);
  t.same([...seen].sort(), [...Array.from({ length: 20 }, (_, n) => `${n} 1 null`), "0 2 null"].sort());
  t.equal(seen.at(-1), "0 2 null", "the others did not wait for the retry");
  t.ok(most > 1, `${most} side by side`);
  t.same(stagesOf(await f.all(`${source.name}.${worker.name}.retry.300ms`)), ["handle 2"]);
});

t.test('order: "none" runs records of one key side by side and parks nothing', async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("free"), 1);
  const seen: string[] = [];
  let together = 0;
  let most = 0;
  const build = () =>
    defineWorker({
      name: f.unique("free"),
      reads: [from(source, Note)],
      retry: ["500ms"],
      order: "none",
      async handle(event, { attempt }) {
        most = Math.max(most, ++together);
        await new Promise((resolve) => setTimeout(resolve, 20));
        together--;
        if (event.n < 2 && attempt === 1) throw new Error("a sown failure");
        seen.push(`${event.n} ${attempt}`);
      },
    });
  const worker = build();
  await f.prepare([source], [worker]);
  await f.send(Array.from({ length: 20 }, (_, n) => f.note(source, { key: "k", n })));
  const first = await f.run(worker);
  const retry = `${source.name}.${worker.name}.retry.500ms`;
  await until(t, "two lie in the delay topic", async () => (await f.all(retry)).length === 2);
  await first.stop();
  const second = await f.run(build());
  await until(t, "all were handled", () => seen.length === 20);
  t.same(
    seen.filter((line) => line.endsWith(" 2")).sort(),
    ["0 2", "1 2"],
    "the next owner runs what lay in the delay topic",
  );
  t.same([...new Set(seen)].length, 20);
  t.ok(most > 1, `${most} side by side`);
  t.same(stagesOf(await f.all(retry)), ["handle 2", "handle 2"]);
  await second.stop();
});

t.test(
  'start: "now" of a new group skips what is there, once; derived topics are read from the beginning',
  async (t) => {
    const f = await fleet(t);
    const source = noteTopic(f.unique("late"), 3);
    const seen: number[] = [];
    const build = () =>
      defineWorker({
        name: f.unique("late"),
        reads: [from(source, Note)],
        retry: ["1s"],
        start: "now",
        handle: (event) => void seen.push(event.n),
      });
    const worker = build();
    await f.prepare([source], [worker]);
    const at = (partition: number, n: number) => ({ ...f.note(source, { key: `k${n}`, n }), partition });
    await f.send([at(0, 1), at(1, 2)]);
    // Somebody put a letter back to work before the worker ever ran.
    const replayed = { ...at(1, 3), topic: `${source.name}.${worker.name}.replay` };
    await f.send([{ ...replayed, headers: [["bo-id", Buffer.from(`${source.name}-1-0`)]] }]);
    const first = await f.run(worker);
    await until(t, "the replay is handled", () => seen.includes(3));
    await until(t, "its start is committed for every partition", async () => {
      const offsets = await committedOffsets(f, worker.name, source.name);
      return offsets.join() === "1,1,0";
    });
    await first.stop();
    await f.send([at(0, 4), at(1, 5), at(2, 6)]);
    await f.run(build());
    await until(t, "what came while nobody ran is handled", () => seen.length === 4);
    t.same([...seen].sort(), [3, 4, 5, 6]);
  },
);

t.test("tombstones: skipped at once, or handed over as null in the order of their key", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("deletes"), 1);
  const seen: Record<string, string[]> = { asks: [], not: [] };
  const build = (kind: string, tombstones: boolean) =>
    defineWorker({
      name: f.unique(kind),
      reads: [from(source, Note)],
      retry: ["200ms"],
      tombstones,
      handle(event: Note | null, { attempt, key }) {
        seen[kind]?.push(`${key} ${event === null ? "deleted" : event.n} ${attempt}`);
        if (attempt === 1 && key?.toString() === "b") throw new Error("a sown failure");
      },
    });
  const [asks, not] = [build("asks", true), build("not", false)];
  await f.prepare([source], [asks, not]);
  const note = (key: string, n: number) => f.note(source, { key, n });
  const tombstone = (key: string) => ({ ...note(key, 0), value: null });
  await f.send([note("a", 1), tombstone("a"), note("a", 2), tombstone("b"), note("b", 3), tombstone("b")]);
  await f.run(asks);
  await f.run(not);
  await until(t, "both are through", async () => {
    const offsets = [
      ...(await committedOffsets(f, asks.name, source.name)),
      ...(await committedOffsets(f, not.name, source.name)),
    ];
    const delayed = await committedOffsets(f, asks.name, `${source.name}.${asks.name}.retry.200ms`);
    return offsets.every((offset) => offset === 6) && seen.asks?.length === 9 && (delayed[0] ?? 0) > 0;
  });
  const of = (kind: string, key: string) => seen[kind]?.filter((line) => line.startsWith(key));
  t.same(of("asks", "a"), ["a 1 1", "a deleted 1", "a 2 1"]);
  t.same(of("asks", "b"), ["b deleted 1", "b deleted 2", "b 3 1", "b 3 2", "b deleted 1", "b deleted 2"]);
  t.same(of("not", "a"), ["a 1 1", "a 2 1"]);
  t.same(of("not", "b"), ["b 3 1", "b 3 2"]);
  t.same(
    [...(await f.all(`${source.name}.${not.name}.dlq`)), ...(await f.all(`${source.name}.${asks.name}.dlq`))],
    [],
  );
});
