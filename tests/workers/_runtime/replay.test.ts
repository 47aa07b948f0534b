import { randomBytes } from "node:crypto";
import t from "tap";
import { type Positions, readNew } from "../../../scripts/invariants/read-new.ts";
import { DEAD_LETTERS } from "../../../workers/_runtime/copies.ts";
import { foreign, parseOurs, withOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from, Permanent, topic } from "../../../workers/_runtime/mod.ts";
import type { Header, KafkaRecord } from "../../../workers/_runtime/record.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

const TOKEN = "let-me-in-please-0123456789";

/** A producer's own, as they may come: repeated, null, ours by name. */
const THEIRS: readonly Header[] = [
  ["a", Buffer.from("1")],
  ["b", null],
  ["a", Buffer.from([0xff, 0x00])],
  ["bo-attempt", Buffer.from("theirs")],
  ["7", Buffer.alloc(0)],
];

t.test(
  "a replayed letter queues by its origin, starts at attempt 1, keeps its bytes, and tells its outcome once",
  async (t) => {
    const f = await fleet(t, { ADMIN_TOKEN: TOKEN });
    const source = noteTopic(f.unique("replayed"), 1);
    const out = topic({ name: f.unique("out"), records: [Note], key: (e) => e.key, partitions: 1 });
    const seen: string[] = [];
    const headers: (readonly Header[])[] = [];
    const ids: string[] = [];
    let fails = true;
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const worker = defineWorker({
      name: f.unique("again"),
      reads: [from(source, Note)],
      emits: [out],
      retry: ["100ms"],
      async handle(event, { attempt, emit, headers: theirs, id }) {
        seen.push(`${event.key}${event.n}/${attempt}`);
        if (event.n === 1 && fails) throw new Permanent("for now");
        if (event.text === "hold") await gate;
        if (event.n === 1) {
          headers.push(theirs);
          ids.push(id);
        }
        emit(out, { ...event, text: "out" });
      },
    });
    const dlq = `${source.name}.${worker.name}.dlq`;
    await f.prepare([source, out], [worker]);
    const outcomesOf = await outcomesFromNow(f);
    const first = f.note(source, { key: "k", n: 1 });
    await f.send([{ ...first, headers: THEIRS }, f.note(source, { key: "k", n: 2 })]);
    const { health } = await f.run(worker);
    await until(t, "it is a dead letter", async () => (await f.all(dlq)).length === 1);
    const [letter] = await f.all(dlq);
    if (!letter) return t.fail("there is a letter");
    t.same(foreign(letter.headers), THEIRS);

    // While a later record of the key runs, another waits and the letter is replayed.
    fails = false;
    await until(t, "the follower is through", () => seen.length === 2);
    await f.send([f.note(source, { key: "k", n: 3, text: "hold" })]);
    await until(t, "a later one runs", () => seen.length === 3);
    await f.send([f.note(source, { key: "k", n: 4 })]);
    await f.send([replayOf(letter, `${source.name}.${worker.name}.replay`, "plan-1")]);
    await until(t, "it waits in its key's queue", async () => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const answer = await (await fetch(`${health.url}/partitions`, { headers })).json();
      const { partitions } = answer as { partitions: readonly { outstanding: number }[] };
      return partitions.some(({ outstanding }) => outstanding === 1);
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.same(seen, ["k1/1", "k2/1", "k3/1"], "it doesn't overtake a running one");
    release();
    await until(t, "all are through", () => seen.length === 5);
    t.same(seen.slice(3), ["k1/1", "k4/1"], "it goes before what came later, at attempt 1");
    t.same(headers, [THEIRS]);
    t.same(ids, [`${source.name}-0-0`]);
    const outcomes = await outcomesOf(letter, 1);
    t.match(outcomes, [
      { outcome: "processed", plan: "plan-1", replays: 1, worker: worker.name, id: `${source.name}-0-0` },
    ]);
    await until(t, "all events are out", async () => (await f.all(out.name)).length >= 4);
    t.equal((await f.all(out.name)).length, 4, "each event once");
  },
);

t.test("a replay that fails again keeps its plan through retries and is a new letter", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("stubborn"), 1);
  const attempts: number[] = [];
  const worker = defineWorker({
    name: f.unique("never"),
    reads: [from(source, Note)],
    retry: ["100ms"],
    handle(_, { attempt }) {
      attempts.push(attempt);
      throw new Error("never");
    },
  });
  const dlq = `${source.name}.${worker.name}.dlq`;
  await f.prepare([source], [worker]);
  const outcomesOf = await outcomesFromNow(f);
  await f.send([{ ...f.note(source, { key: "k", n: 1 }), headers: THEIRS }]);
  await f.run(worker);
  await until(t, "it is a dead letter", async () => (await f.all(dlq)).length === 1);
  const [letter] = await f.all(dlq);
  if (!letter) return t.fail("there is a letter");
  await f.send([replayOf(letter, `${source.name}.${worker.name}.replay`, "plan-2")]);
  await until(t, "it is a letter again", async () => (await f.all(dlq)).length === 2);
  const again = (await f.all(dlq))[1];
  t.same(attempts, [1, 2, 1, 2]);
  t.match(parseOurs(again?.headers ?? []), {
    id: { topic: source.name, partition: 0, offset: 0 },
    attempt: 2,
    replay: "plan-2",
    replays: 1,
    letter: { topic: dlq, partition: 0, offset: letter.offset },
  });
  t.same(foreign(again?.headers ?? []), THEIRS);
  t.same([again?.key, again?.value], [letter.key, letter.value]);
  const outcomes = await outcomesOf(letter, 1);
  t.match(outcomes, [{ outcome: "dead again", plan: "plan-2", replays: 1 }]);
});

t.test("a replay whose event the broker refuses is dead again, in both logs", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("refused"), 1);
  const out = topic({
    name: f.unique("small"),
    records: [Note],
    key: (event) => event.key,
    partitions: 1,
    maxMessageBytes: 20_000,
  });
  const believed = { ...out, maxMessageBytes: 1_000_000 };
  const large = randomBytes(30_000).toString("base64");
  const worker = defineWorker({
    name: f.unique("emitter"),
    reads: [from(source, Note)],
    emits: [out],
    handle: (event, { emit }) => emit(believed, { ...event, text: large }),
  });
  const dlq = `${source.name}.${worker.name}.dlq`;
  await f.prepare([source, out], [worker]);
  const outcomesOf = await outcomesFromNow(f);
  await f.send([f.note(source, { key: "k", n: 1 })]);
  await f.run(worker);
  await until(t, "it is a dead letter", async () => (await f.all(dlq)).length === 1);
  const [letter] = await f.all(dlq);
  if (!letter) return t.fail("there is a letter");
  await f.send([replayOf(letter, `${source.name}.${worker.name}.replay`, "plan-3")]);
  await until(t, "it is a letter again", async () => (await f.all(dlq)).length === 2);
  t.match(await outcomesOf(letter, 1), [{ outcome: "dead again", plan: "plan-3" }]);
});

/** A letter as the replayer puts it back. */
function replayOf(letter: KafkaRecord, topicName: string, plan: string) {
  const { id, time } = parseOurs(letter.headers);
  return {
    topic: topicName,
    partition: letter.partition,
    key: letter.key,
    value: letter.value,
    headers: withOurs(foreign(letter.headers), {
      ...(id && { id }),
      ...(time !== undefined && { time }),
      replay: plan,
      replays: 1,
      letter: { topic: letter.topic, partition: letter.partition, offset: letter.offset },
    }),
  };
}

/**
 * What `fleet.dead-letters` says from now on: of a letter, once there are `count` entries. All tests of a stack share that
 * topic, and on one that lives long reading it from its beginning takes seconds.
 */
async function outcomesFromNow({ broker }: Awaited<ReturnType<typeof fleet>>) {
  const ends = (await broker.admin.offsets(DEAD_LETTERS)).map(
    ({ partition, high }) => [partition, high] as const,
  );
  const positions: Positions = new Map(ends);
  const told: KafkaRecord[] = [];
  return async (letter: KafkaRecord, count: number) => {
    const name = `${letter.topic}-${letter.partition}-${letter.offset}`;
    const { signal } = new AbortController();
    for (const end = Date.now() + 90_000; Date.now() < end; ) {
      await readNew(broker, DEAD_LETTERS, positions, (record) => void told.push(record), signal);
      const own = told.filter(({ key }) => key?.toString() === name);
      if (own.length >= count) return own.map(({ value }) => JSON.parse(value?.toString() ?? ""));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`waited in vain for the outcome of letter ${name}`);
  };
}
