import { randomBytes } from "node:crypto";
import t from "tap";
import { defineWorker, from, topic } from "../../workers/_runtime/mod.ts";
import type { Header } from "../../workers/_runtime/record.ts";
import { fleet, Note, noteTopic, until } from "../_support/fleet.ts";
import { brokers } from "../_support/kafka.ts";
import { startJavaClient } from "./java-client.ts";

const java = await startJavaClient(brokers());
t.teardown(() => java.close());

/** As Java's IntegerSerializer writes 0: what kafkajs takes for a transaction's marker. */
const INT_0 = "\0\0\0\0";
const TRACE: Header = ["traceparent", Buffer.from("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];

t.test("an emitted event carries its key, its schema's id and the trace, and nothing of ours", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("in"), 1);
  const out = noteTopic(f.unique("out"), 3);
  const worker = defineWorker({
    name: f.unique("tracer"),
    reads: [from(source, Note)],
    emits: [out],
    retry: ["100ms"],
    handle(event, { emit, attempt }) {
      emit(out, { ...event, text: `attempt ${attempt}` });
      if (event.key === "retried" && attempt === 1) throw new Error("what it emitted must not go out");
      emit(out, { ...event, key: `${event.key} ü` });
    },
  });
  await f.prepare([source, out], [worker]);
  const write = (key: string, headers: readonly Header[]) => ({ ...f.note(source, { key, n: 1 }), headers });
  const theirs: Header = ["bo-id", Buffer.from("theirs")];
  await java.produce([
    write("traced", [["other", null], TRACE, theirs]),
    write("retried", [theirs, TRACE]),
    write("bare", [theirs]),
  ]);
  await f.run(worker);
  await until(t, "all events are out", async () => (await f.all(out.name)).length === 6);
  const events = await java.consume(out.name);
  const registry = f.config.registry.url;
  const latest = await fetch(`${registry}/subjects/${out.name}-test.Note/versions/latest`);
  const { id } = (await latest.json()) as { id: number };
  for (const { value } of events) {
    t.equal(value?.[0], 0, "framed");
    t.equal(value?.readInt32BE(1), id, "with the id of its subject's schema");
  }
  t.same(
    Object.fromEntries(events.map(({ key, headers }) => [key?.toString(), headers])),
    {
      traced: [TRACE],
      "traced ü": [TRACE],
      retried: [TRACE],
      "retried ü": [TRACE],
      bare: [],
      "bare ü": [],
    },
    "each once, with the trace alone",
  );
  const texts = events
    .filter(({ key }) => key?.toString() === "retried")
    .map(({ value }) => value?.toString());
  t.match(texts, [/attempt 2$/], "of the attempt that went well");
});

t.test("events of aborted transactions are read by nobody, whatever their key", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("in"), 1);
  const out = topic({
    name: f.unique("out"),
    records: [Note],
    key: (event) => event.key,
    partitions: 4,
    maxMessageBytes: 20_000,
  });
  // The declaration says more than the broker takes: such an event aborts the transaction of its group.
  const believed = { ...out, maxMessageBytes: 1_000_000 };
  const noise = randomBytes(30_000).toString("base64");
  const worker = defineWorker({
    name: f.unique("emitter"),
    reads: [from(source, Note)],
    emits: [out],
    handle(event, { emit }) {
      if (event.n % 50 === 7) emit(believed, { ...event, key: `large ${event.n}`, text: noise });
      else emit(out, { ...event, key: INT_0 });
    },
  });
  const read: number[] = [];
  const reader = defineWorker({
    name: f.unique("reader"),
    reads: [from(out, Note)],
    handle: (event) => void read.push(event.n),
  });
  await f.prepare([source, out], [worker, reader]);
  const count = 200;
  await f.send(Array.from({ length: count }, (_, n) => f.note(source, { key: "k", n })));
  await f.run(worker);
  await f.run(reader);
  const expected = Array.from({ length: count }, (_, n) => n).filter((n) => n % 50 !== 7);
  await until(t, "the reader has them", () => read.length >= expected.length);
  t.same(read, expected, "the next worker: each once, in order");
  const values = (records: readonly { value: Buffer | null }[]) =>
    records.map(({ value }) => value?.toString("hex"));
  const committed = await java.consume(out.name);
  const written = expected.map((n) => f.note(out, { key: INT_0, n }));
  t.same(values(committed), values(written), "Java, read committed: the same");
  t.ok(committed.every(({ key }) => key?.equals(Buffer.from(INT_0))));
  const everything = await java.consume(out.name, { isolation: "read_uncommitted" });
  t.ok(
    everything.length > committed.length,
    `${everything.length} were written, some in aborted transactions`,
  );
  t.equal((await java.consume(`${source.name}.${worker.name}.dlq`)).length, 4);
});

t.test("what a producer aborts no handler is given, what it commits is, in order", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("in"), 1);
  const seen: string[] = [];
  const worker = defineWorker({
    name: f.unique("careful"),
    reads: [from(source, Note)],
    retry: ["200ms"],
    handle(event, { attempt }) {
      if (event.n === 1 && attempt === 1) throw new Error("so that the others are parked");
      seen.push(`${event.n} ${event.text}`);
    },
  });
  await f.prepare([source], [worker]);
  const batch = (n: number, text: string) =>
    [n, n + 1].map((each) => ({
      ...f.note(source, { key: "k", n: each, text }),
      key: Buffer.from(INT_0),
      partition: 0,
    }));
  const transactionalId = f.unique("java");
  await java.produce(batch(1, "plain"));
  await java.produce(batch(3, "aborted"), { transactionalId, abort: true });
  await java.produce(batch(5, "committed"), { transactionalId });
  await f.run(worker);
  await java.produce(batch(7, "aborted"), { transactionalId, abort: true });
  await java.produce(batch(9, "plain"));
  await until(t, "all were handled", () => seen.length >= 6);
  t.same(seen, ["1 plain", "2 plain", "5 committed", "6 committed", "9 plain", "10 plain"]);
  await until(t, "all is committed, aborted records and markers too", async () => {
    const [found] = (await f.broker.admin.committed(worker.name, [source.name])).get(source.name) ?? [];
    const [end] = await f.broker.admin.offsets(source.name);
    return found?.offset === end?.high && found?.metadata === "";
  });
});
