import t from "tap";
import { scanTopics } from "../../../../scripts/schemas/fleet/scan-topics.ts";
import { familyOf } from "../../../../workers/_runtime/family.ts";
import { defineWorker, from, writeFrame } from "../../../../workers/_runtime/mod.ts";
import type { OutRecord } from "../../../../workers/_runtime/record.ts";
import { fleet, Note, noteTopic } from "../../../_support/fleet.ts";

const skip = (process.env.KAFKA_BROKERS ?? "") === "" && "KAFKA_BROKERS is not set";
const signal = new AbortController().signal;

t.test("scanTopics() counts what still lies in source, retry, replay and DLQ topics", { skip }, async (t) => {
  const own = await fleet(t);
  const notes = noteTopic(own.unique("notes"), 2);
  const name = own.unique("reader");
  const worker = defineWorker({ name, reads: [from(notes, Note)], retry: ["1s"], handle() {} });
  await own.prepare([notes], [worker]);
  const { replay, dlq, ladder } = familyOf(worker, notes.name, ["1s"]);
  const retry = ladder[0]?.topic ?? "";
  const put = (topic: string, id: number, partition = 0): OutRecord => ({
    ...{ topic, partition, key: Buffer.from("k"), value: writeFrame(id, Buffer.from("?")), headers: [] },
  });
  await own.send([put(notes.name, 1), put(notes.name, 1), put(notes.name, 2, 1), put(notes.name, 3)]);
  await own.send([
    { ...put(notes.name, 0), value: null },
    { ...put(notes.name, 0), value: Buffer.from("x") },
  ]);
  await own.send([put(retry, 1), put(retry, 4), put(replay, 5), put(dlq, 6), put(dlq, 7), put(dlq, 8)]);
  const producer = own.broker.transactional(own.unique("commits"));
  await producer.fence();
  const done = { topic: retry, partition: 0, offset: 1, metadata: "" };
  const state = (outcome: object) => Buffer.from(JSON.stringify({ time: 1, ...outcome }));
  const letter = (offset: number) => Buffer.from(`${dlq}-0-${offset}`);
  const over = { outcome: "processed", plan: null, replays: 1, worker: name, id: `${notes.name}-0-1` };
  const discarded = { outcome: "discarded", by: "test", reason: "test" };
  const states = { topic: "fleet.dead-letters", headers: [] };
  await producer.commit(
    name,
    [
      { ...states, key: letter(0), value: state(over) },
      { ...states, key: letter(1), value: state(discarded) },
    ],
    [done],
  );
  await producer.close();

  const told: number[] = [];
  const scanned = await scanTopics(own.broker, [notes.name], { signal, progress: (done) => told.push(done) });
  const of = (topic: string) => scanned.find((each) => each.topic === topic);
  const ids = (topic: string) =>
    of(topic)
      ?.ids.map(({ id, count }) => [id, count])
      .sort();
  t.match(of(notes.name), {
    kind: "source",
    source: notes.name,
    worker: null,
    read: 6,
    tombstones: 1,
    unframed: 1,
  });
  t.same(ids(notes.name), [
    [1, 2],
    [2, 1],
    [3, 1],
  ]);
  t.match(
    of(notes.name)?.ids.find(({ id }) => id === 1),
    { first: { partition: 0, offset: 0 }, last: { offset: 1 } },
  );
  t.match(of(retry), { kind: "retry", source: notes.name, worker: name });
  t.same(ids(retry), [[4, 1]], "what was worked off no longer counts");
  t.match(of(replay), { kind: "replay", ids: [{ id: 5 }] });
  t.match(of(dlq), { kind: "dlq", worker: name });
  t.same(
    ids(dlq),
    [
      [7, 1],
      [8, 1],
    ],
    "a letter whose replay is through no longer counts, a discarded one does",
  );
  t.equal(scanned.length, 4, "the cluster's other topics are left alone");
  t.ok(told.length > 0);

  const newest = await scanTopics(own.broker, [notes.name], { signal, limit: 2 });
  const source = newest.find(({ topic }) => topic === notes.name);
  t.match(source, { skipped: 3, read: 3 });
  t.same(source?.ids, [
    { id: 2, count: 1, first: { partition: 1, offset: 0 }, last: { partition: 1, offset: 0 } },
  ]);
});
