import t from "tap";
import { importLetters } from "../../../workers/_letters/import.ts";
import { importable } from "../../../workers/_letters/imported-letter.ts";
import type { ExportedLetter } from "../../../workers/_letters/mod.ts";
import { foreign, parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import type { KafkaRecord } from "../../../workers/_runtime/record.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";
import { call, everyLetter, hands, keepPlan, letter } from "../../_support/letters.ts";

const ELSEWHERE = "Zm9yZWlnbi1jbHVzdGVyLQ";

function exported(record: KafkaRecord, cluster = ELSEWHERE): ExportedLetter {
  const { topic, partition, offset, timestamp, key, value, headers } = record;
  const base64 = (bytes: Buffer | null) => bytes?.toString("base64") ?? null;
  return {
    boxoffice: 1,
    cluster,
    topic,
    partition,
    offset,
    timestamp,
    key: base64(key),
    value: base64(value),
    headers: headers.map(([name, bytes]) => [name, base64(bytes)]),
  };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function ground(t: Parameters<typeof fleet>[0]) {
  const f = await fleet(t);
  const source = noteTopic(f.unique("notes"), 3);
  const times: number[] = [];
  const ids: string[] = [];
  const worker = defineWorker({
    name: f.unique("w"),
    reads: [from(source, Note)],
    handle(_, { id, time }) {
      ids.push(id);
      times.push(time);
    },
  });
  await f.prepare([source], [worker]);
  const dlq = `${source.name}.${worker.name}.dlq`;
  const theirs = [
    ["a", null],
    ["b", Buffer.from("1")],
    ["a", Buffer.alloc(0)],
  ] as const;
  const made = Array.from({ length: 6 }, (_, n) => ({
    ...letter(f, dlq, f.note(source, { key: `k${n}`, n }), { partition: 0, offset: n, theirs, replays: 1 }),
    topic: dlq,
    partition: 0,
    offset: 100 + n,
    timestamp: 5_000,
  }));
  return { f, source, worker, dlq, made, ids, times, theirs, own: await hands(t, f) };
}

t.test("importLetters() brings letters in once, lossless, and a replay has them handled", async (t) => {
  const { f, source, worker, dlq, made, ids, times, theirs, own } = await ground(t);
  const letters = made.map((record) => exported(record));
  const deed = { reason: "a ticket" };
  const acted = await importLetters(own.broker, own.lanes, each(letters), deed, call);
  t.same(acted, { done: 6, skipped: [] });
  const again = await importLetters(own.broker, own.lanes, each(letters), deed, call);
  t.match(again, { done: 0, skipped: [{ why: "it was imported before", letters: 6 }] });
  const other = await hands(t, f);
  const byAnother = await importLetters(
    other.broker,
    other.lanes,
    each([...letters, ...letters]),
    deed,
    call,
  );
  t.match(byAnother, { done: 0, skipped: [{ letters: 12 }] });

  const came = await f.all(dlq);
  t.equal(came.length, 6);
  for (const { key, value, headers } of came) {
    const origin = made.find((record) => record.key?.equals(key ?? Buffer.alloc(0)));
    t.same([value, foreign(headers)], [origin?.value, theirs]);
    const n = (origin?.offset ?? 0) - 100;
    t.match(parseOurs(headers), {
      id: { topic: `${ELSEWHERE}.${source.name}`, partition: 0, offset: n },
      time: 1_000 + n,
      replays: 1,
    });
  }

  await f.run(worker);
  const { plan } = await keepPlan(own, await everyLetter(f, dlq));
  await own.jobs.replay(plan, { reason: "here" }, call);
  await own.carryOut(plan);
  t.match(await own.jobs.job(plan, call), { phase: "done", processed: 6 });
  await until(t, "all are handled", () => ids.length === 6);
  t.same(
    ids.toSorted(),
    made.map((_, n) => `${ELSEWHERE}.${source.name}-0-${n}`),
  );
  t.same(
    times.toSorted((a, b) => a - b),
    made.map((_, n) => 1_000 + n),
    "handlers see the origin's time",
  );
});

t.test("importLetters() skips, and tells, what is this cluster's own or has no DLQ here", async (t) => {
  const { f, dlq, made, own } = await ground(t);
  const cluster = await own.broker.admin.clusterId();
  const [first] = made;
  if (!first) return t.fail("there is one");
  const acted = await importLetters(
    own.broker,
    own.lanes,
    each([
      exported(first, cluster),
      { ...exported(first), topic: f.unique("no.such.dlq") },
      { ...exported(first), cluster: "../?" },
    ]),
    { reason: "r" },
    call,
  );
  t.equal(acted.done, 0);
  t.same(acted.skipped.map(({ why }) => why.replace(/'[^']*'/, "…")).toSorted(), [
    "it was exported from this very cluster",
    "this cluster has no DLQ …",
    "… can be no cluster's id",
  ]);
  t.same(await f.all(dlq), []);
});

t.test("importable() refuses what comes back to its own cluster by way of another", async (t) => {
  const { made } = await ground(t);
  const [first] = made;
  if (!first) return t.fail("there is one");
  const there = importable(exported(first, "home"), ELSEWHERE, 0);
  if (typeof there === "string") return t.fail(there);
  const back = importable(exported({ ...there.record, offset: 7, timestamp: 1 }, ELSEWHERE), "home", 0);
  t.equal(back, "it came from this very cluster before");
  const third = importable(exported({ ...there.record, offset: 7, timestamp: 1 }, ELSEWHERE), "third", 0);
  if (typeof third === "string") return t.fail(third);
  t.match(parseOurs(third.record.headers).id?.topic, /^home\./, "an identity is given once");
});
