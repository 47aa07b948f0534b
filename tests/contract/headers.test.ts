import t from "tap";
import { defineWorker, from, Permanent, topic, Unavailable } from "../../workers/_runtime/mod.ts";
import type { Header, OutRecord } from "../../workers/_runtime/record.ts";
import { fleet, Note, noteTopic, until } from "../_support/fleet.ts";
import { brokers } from "../_support/kafka.ts";
import { type Copy, copiesById, copyOf } from "./copy.ts";
import { startJavaClient } from "./java-client.ts";

const java = await startJavaClient(brokers());
t.teardown(() => java.close());

const IDENTITY = ["bo-build", "bo-id", "bo-time", "bo-worker"];
const FAILURE = ["bo-error", "bo-fingerprint", "bo-first-failed", "bo-reason"];
const NAMES = {
  retry: [...IDENTITY, ...FAILURE, "bo-attempt", "bo-due", "bo-stage"].sort(),
  parked: [...IDENTITY, "bo-attempt", "bo-due", "bo-stage"].sort(),
  letter: [...IDENTITY, ...FAILURE, "bo-attempt", "bo-stage"].sort(),
};

const namesOf = (copy: Copy | undefined) => Object.keys(copy?.ours ?? {}).sort();
const text = (value: string) => Buffer.from(value);

/** What each record's handler throws, by the record's key. */
const FAILURES: Readonly<Record<string, (n: number, attempt: number) => unknown>> = {
  transient: (n) => new Error(`row ${n} is locked`),
  permanent: () => new Permanent("card 4711 is no card"),
  unavailable: (_, attempt) => (attempt < 3 ? new Unavailable("smtp", "down") : undefined),
  long: () => Object.assign(new Permanent("ü€".repeat(3_000)), { name: "席".repeat(1_000) }),
  odd: () => Object.assign(new Permanent("\ud800 half a character\n\0"), { name: "" }),
  text: () => "only a text",
  nothing: () => null,
};

t.test("every header of ours is there when it should be and says what the contract says", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("said"), 1);
  const failedAt = new Map<string, number[]>();
  const attempts = new Map<string, number[]>();
  let unavailableLeft = 4;
  const worker = defineWorker({
    name: f.unique("teller"),
    reads: [from(source, Note)],
    retry: ["200ms", "400ms"],
    handle(event, { id, attempt }) {
      attempts.set(id, [...(attempts.get(id) ?? []), attempt]);
      const [kind = ""] = event.key.split(" ");
      const failure = FAILURES[kind]?.(
        event.n,
        kind === "unavailable" && unavailableLeft-- > 0 ? 1 : attempt,
      );
      if (failure === undefined) return;
      failedAt.set(id, [...(failedAt.get(id) ?? []), Date.now()]);
      throw failure;
    },
  });
  await f.prepare([source], [worker]);
  const before = Date.now();
  const records = Object.keys(FAILURES).map((kind, n) => f.note(source, { key: kind, n }));
  const follower = f.note(source, { key: "transient", n: 100 });
  const raw = (key: string, value: Buffer | undefined): OutRecord => ({
    ...follower,
    key: text(key),
    value: value ?? null,
  });
  const places = await java.produce([
    ...records,
    follower,
    raw("frame", text("no frame")),
    raw("decode", follower.value?.subarray(0, 7)),
    raw("unknown", Buffer.concat([Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0]), text("?")])),
  ]);
  const order = [...Object.keys(FAILURES), "follower", "frame", "decode", "unknown"];
  const idOf = (kind: string) => `${source.name}-0-${places[order.indexOf(kind)]?.offset}`;
  await f.run(worker);
  const dlq = `${source.name}.${worker.name}.dlq`;
  await until(
    t,
    "all but one are dead letters and that one is done",
    async () =>
      (await f.all(dlq)).length === order.length - 1 && attempts.get(idOf("unavailable"))?.length === 5,
  );
  const [first, second, letters] = [
    copiesById(await java.consume(`${source.name}.${worker.name}.retry.200ms`)),
    copiesById(await java.consume(`${source.name}.${worker.name}.retry.400ms`)),
    copiesById(await java.consume(dlq)),
  ];
  const copies = (kind: string) => [
    ...(first.get(idOf(kind)) ?? []),
    ...(second.get(idOf(kind)) ?? []),
    ...(letters.get(idOf(kind)) ?? []),
  ];
  const said = (kind: string, name: string) => copies(kind).map(({ ours }) => ours[name]);

  t.same(copies("transient").map(namesOf), [NAMES.retry, NAMES.retry, NAMES.letter]);
  t.same(copies("follower").map(namesOf), [NAMES.parked, NAMES.retry, NAMES.retry, NAMES.letter]);
  for (const kind of ["permanent", "long", "frame", "decode"])
    t.same(copies(kind).map(namesOf), [NAMES.letter], kind);
  t.same(copies("unknown").map(namesOf), [NAMES.retry, NAMES.retry, NAMES.letter]);

  t.same(said("transient", "bo-attempt"), ["2", "3", "3"], "the next one, in the DLQ the last one made");
  t.same(said("follower", "bo-attempt"), ["1", "2", "3", "3"], "parking uses none");
  t.same(said("unavailable", "bo-attempt"), ["2", "3", "3", "3"], "an outage repeats the last");
  t.same(said("permanent", "bo-attempt"), ["1"]);
  t.same(attempts.get(idOf("transient")), [1, 2, 3]);
  t.same(attempts.get(idOf("unavailable")), [1, 2, 3, 3, 3]);

  t.same(said("transient", "bo-stage"), ["handle", "handle", "handle"]);
  t.same(said("follower", "bo-stage"), ["parked", "handle", "handle", "handle"]);
  t.same(said("unknown", "bo-stage"), ["frame", "frame", "frame"]);
  t.same(
    ["frame", "decode"].flatMap((kind) => said(kind, "bo-stage")),
    ["frame", "decode"],
  );

  const everything = order.flatMap(copies);
  for (const { record, ours } of everything) {
    const timestamp = Number(ours["bo-time"]);
    t.match(ours, { "bo-worker": worker.name, "bo-build": "test" });
    t.ok(
      timestamp >= before && timestamp <= record.timestamp,
      "bo-time is the origin's, the copy's own is fresh",
    );
  }
  t.ok(
    Object.keys(FAILURES).every((kind) => new Set(said(kind, "bo-time")).size <= 1),
    "bo-time never changes",
  );

  for (const kind of ["transient", "unavailable", "text", "nothing"]) {
    const failed = failedAt.get(idOf(kind)) ?? [];
    const retries = copies(kind).filter(({ ours }) => ours["bo-due"] !== undefined);
    retries.forEach(({ record, ours }, i) => {
      const delayMs = record.topic.endsWith("200ms") ? 200 : 400;
      const decidedAt = Number(ours["bo-due"]) - delayMs;
      t.ok(decidedAt >= (failed[i] ?? 0), `${kind}: due is its failure and the whole delay later`);
      t.ok(decidedAt <= record.timestamp, `${kind}: and not more`);
    });
    const firstFailed = new Set(said(kind, "bo-first-failed").map(Number));
    t.equal(firstFailed.size, 1, `${kind}: bo-first-failed never changes`);
    t.ok([...firstFailed].every((at) => at >= (failed[0] ?? 0) && at <= Number(said(kind, "bo-due")[0])));
  }
  const [head] = copies("transient");
  t.equal(said("follower", "bo-due")[0], head?.ours["bo-due"], "a parked record is due with its head");

  t.same(said("permanent", "bo-error"), ["Permanent"]);
  t.same(said("permanent", "bo-reason"), ["card 4711 is no card"]);
  t.same(said("decode", "bo-error"), ["CorruptPayload"]);
  t.same(new Set(said("unknown", "bo-error")), new Set(["UnknownSchemaId"]));
  t.same(said("text", "bo-error").at(-1), "Error");
  t.match(said("text", "bo-reason").at(-1), /only a text/);
  const [long] = copies("long");
  t.equal(Buffer.byteLength(long?.ours["bo-reason"] ?? ""), 1_022);
  t.ok("ü€".repeat(3_000).startsWith(long?.ours["bo-reason"] ?? "-"), "cut between characters");
  t.equal(long?.ours["bo-error"], "席".repeat(85));
  t.same(said("odd", "bo-reason"), ["\ufffd half a character\n\0"]);

  const print = (kind: string) =>
    new Set(said(kind, "bo-fingerprint").filter((value) => value !== undefined));
  t.same(print("follower"), print("transient"), "the same failure of another record, at any attempt");
  t.equal(print("transient").size, 1);
  const prints = ["transient", "permanent", "long", "frame", "decode", "unknown"].flatMap((kind) => [
    ...print(kind),
  ]);
  t.equal(new Set(prints).size, 6, "other failures have others");
  t.ok(prints.every((each) => /^[0-9a-f]{12}$/.test(each)));
});

t.test("all of ours together stay below 4 kB, of a replay with the longest names, too", async (t) => {
  const f = await fleet(t);
  const pad = (name: string, length: number) => name + "n".repeat(length - name.length);
  const source = noteTopic(pad(f.unique("s"), 110), 1);
  const out = topic({
    name: f.unique("out"),
    records: [Note],
    key: (event) => event.key,
    partitions: 1,
    maxMessageBytes: 1_000,
  });
  const worker = defineWorker({
    name: pad(f.unique("w"), 120),
    reads: [from(source, Note)],
    emits: [out],
    retry: ["100ms"],
    handle(event, { emit, attempt }) {
      if (attempt > 1) emit(out, { ...event, text: "x".repeat(2_000) });
      throw Object.assign(new Error("席".repeat(4_000)), { name: "席".repeat(4_000) });
    },
  });
  const dlq = `${source.name}.${worker.name}.dlq`;
  t.ok(`${source.name}.${worker.name}.retry.100ms`.length > 240, "names near Kafka's limit of 249");
  await f.prepare([source, out], [worker]);
  const ours: Header[] = [
    ["bo-id", text(`${source.name}-0-${Number.MAX_SAFE_INTEGER}`)],
    ["bo-time", text("-9223372036854775808")],
    ["bo-replay", text("p".repeat(128))],
    ["bo-replays", text(String(Number.MAX_SAFE_INTEGER))],
    ["bo-letter", text(`${dlq}-0-${Number.MAX_SAFE_INTEGER}`)],
  ];
  const theirs: Header[] = [["traceparent", text("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]];
  const note = f.note(source, { key: "k", n: 1 });
  const replayed = { ...note, topic: `${source.name}.${worker.name}.replay`, headers: [...theirs, ...ours] };
  await java.produce([note, replayed]);
  await f.run(worker);
  await until(t, "both are dead letters", async () => (await f.all(dlq)).length === 2);
  const copies = [
    ...(await java.consume(`${source.name}.${worker.name}.retry.100ms`)),
    ...(await java.consume(dlq)),
  ].map(copyOf);
  t.equal(copies.length, 4);
  for (const { oursBytes } of copies) t.ok(oursBytes <= 4_096, `ours take ${oursBytes} bytes`);
  const [, again] = copies.filter(({ ours }) => ours["bo-replay"] !== undefined);
  t.same(again?.theirs, theirs);
  t.match(again?.ours, {
    "bo-id": `${source.name}-0-${Number.MAX_SAFE_INTEGER}`,
    "bo-replay": "p".repeat(128),
    "bo-replays": String(Number.MAX_SAFE_INTEGER),
    "bo-letter": `${dlq}-0-${Number.MAX_SAFE_INTEGER}`,
    "bo-attempt": "2",
    "bo-stage": "emit",
    "bo-error": "Permanent",
  });
});
