import { randomBytes } from "node:crypto";
import t from "tap";
import { encodeBatch } from "../../workers/_runtime/broker/batch-encoder.ts";
import { COMPRESSIONS, type Compression } from "../../workers/_runtime/broker/compression.ts";
import { defineWorker, from, Permanent, type Topic, topic } from "../../workers/_runtime/mod.ts";
import type { Header, KafkaRecord, OutRecord } from "../../workers/_runtime/record.ts";
import { type Fleet, fleet, Note, until } from "../_support/fleet.ts";
import { brokers } from "../_support/kafka.ts";
import { type Copy, copiesById } from "./copy.ts";
import { startJavaClient } from "./java-client.ts";

const java = await startJavaClient(brokers());
t.teardown(() => java.close());

/** Of the source topics' batches, bytes: small, so that the largest records are quick. */
const LIMIT = 100_000;
const text = (value: string) => Buffer.from(value);
const HEAD = text("head");

const HEADERS: readonly Header[] = [
  ["a", text("1")],
  ["b", text("2")],
  ["a", text("3")],
  ["a", null],
  ["7", text("a number")],
  ["__proto__", text("{}")],
  ["constructor", null],
  ["toString", text("")],
  ["überfällig", text("ü")],
  ["座席", Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ["", text("no name")],
  ["", null],
  ["a", text("1")],
  ["traceparent", text("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")],
];

/** A producer's own, which only look like ours. */
const FORGED: readonly Header[] = [
  ["bo-id", text("payments-0-0")],
  ["bo-attempt", text("99")],
  ["bo-attempt", null],
  ["bo-due", text("99999999999999")],
  ["bo-", text("")],
  ["bo-x-", null],
  ["bo-x-bo-id", Buffer.from([0xff])],
  ["BO-ID", text("in capitals")],
];

type Written = OutRecord & { readonly timestamp: number };

/** The batch that holds just this record takes exactly LIMIT bytes; compressed, not less but a little more. */
function atTheLimit(f: Fleet, source: Topic<Note>, codec: Compression): OutRecord {
  const limit = codec === "none" ? LIMIT : LIMIT - 500;
  const options = { producerId: 0, producerEpoch: 0, firstSequence: 0, transactional: false, timestamp: 0 };
  const noise = randomBytes(LIMIT);
  const sized = (bytes: number) => {
    const record = {
      ...f.note(source, { key: "limit", n: 0 }),
      key: noise.subarray(0, bytes),
      headers: HEADERS,
    };
    return { record, bytes: encodeBatch([record], { ...options, compression: "none" }).length };
  };
  return sized(90_000 + limit - sized(90_000).bytes).record;
}

function samples(f: Fleet, source: Topic<Note>): Written[] {
  let n = 0;
  const write = (options: Partial<OutRecord>): Written => ({
    ...f.note(source, { key: "unused", n: ++n }),
    partition: n % 2,
    // No two at the same time, and none of them now.
    timestamp: Date.now() - 86_400_000 - n * 1_001,
    ...options,
  });
  const follower = { key: HEAD, partition: 0 };
  return [
    write({ key: null, headers: HEADERS }),
    write({ key: null, value: null, headers: [] }),
    write({ key: Buffer.alloc(0), headers: [...HEADERS].reverse() }),
    write({ key: Buffer.from([0, 0, 0, 0]), headers: FORGED }),
    write({ key: Buffer.from([0xff, 0xfe, 0x80]), value: null, headers: [...FORGED, ...HEADERS] }),
    write({ ...follower, headers: HEADERS }),
    write({ ...follower, headers: FORGED }),
    write({ ...follower, value: null, headers: HEADERS }),
  ];
}

/** No attempt can be made at these. */
function poison(source: Topic<Note>): Written[] {
  const bare = { topic: source.name, partition: 1, headers: [...HEADERS, ...FORGED] };
  return [
    { ...bare, key: text("empty"), value: Buffer.alloc(0), timestamp: 1_600_000_000_000 },
    { ...bare, key: null, value: Buffer.from([1, 0, 0, 0, 1, 2]), timestamp: 0 },
  ];
}

const bytesOf = ({ key, value, partition }: KafkaRecord | Written) => ({ key, value, partition });

t.test("what Java wrote comes through retry, parking and dead letter byte for byte", async (t) => {
  const f = await fleet(t);
  const sources = COMPRESSIONS.map((codec) =>
    topic({
      name: f.unique(codec),
      records: [Note],
      key: (event) => event.key,
      retention: "forever",
      partitions: 2,
      maxMessageBytes: LIMIT,
    }),
  );
  const seen = new Map<string, { attempt: number; view: object }[]>();
  const worker = defineWorker({
    name: f.unique("identity"),
    reads: sources.map((source) => from(source, Note)),
    retry: ["300ms"],
    tombstones: true,
    handle(_, { id, attempt, headers, time, key }) {
      seen.set(id, [...(seen.get(id) ?? []), { attempt, view: { headers, time, key } }]);
      // A long reason: near the limit, 4 kB more than the source takes.
      if (attempt === 1) throw new Error("r".repeat(5_000));
      throw Object.assign(new Permanent("r".repeat(5_000)), { name: "N".repeat(5_000) });
    },
  });
  await f.prepare(sources, [worker]);

  const written = new Map<string, Written>();
  const write = async (source: Topic<Note>, codec: Compression, records: readonly Written[]) => {
    const places = await java.produce(records, { compression: codec });
    places.forEach(({ partition, offset }, i) => {
      const record = records[i];
      if (record) written.set(`${source.name}-${partition}-${offset}`, { ...record, partition });
    });
  };
  for (const [i, codec] of COMPRESSIONS.entries()) {
    const source = sources[i];
    if (!source) continue;
    await write(source, codec, [...samples(f, source), ...poison(source)]);
    const limit = { ...atTheLimit(f, source, codec), partition: 0, timestamp: Date.now() - 5_000 };
    await write(source, codec, [limit]);
    if (codec === "none") {
      const over = { ...limit, key: Buffer.concat([limit.key ?? Buffer.alloc(0), text("+")]) };
      await t.rejects(java.produce([over]), /RecordTooLarge/, "it stood at the limit");
    }
  }
  await f.run(worker);

  for (const [i, codec] of COMPRESSIONS.entries()) {
    const source = sources[i];
    if (!source) continue;
    const own = [...written].filter(([id]) => id.startsWith(`${source.name}-`));
    const dlq = `${source.name}.${worker.name}.dlq`;
    await until(t, `${codec}: all are dead letters`, async () => (await f.all(dlq)).length === own.length);
    const letters = copiesById(await java.consume(dlq));
    const retries = copiesById(await java.consume(`${source.name}.${worker.name}.retry.300ms`));
    const head = own.find(([, { key }]) => key?.equals(HEAD))?.[0];
    const found = own.map(([id]) => ({
      id,
      copies: [...(retries.get(id) ?? []), ...(letters.get(id) ?? [])].map(shown),
      seen: seen.get(id) ?? [],
    }));
    const expected = own.map(([id, origin]) => {
      const isPoison = origin.value !== null && origin.value[0] !== 0;
      const isFollower = origin.key?.equals(HEAD) && id !== head;
      const stages = isPoison ? ["frame 1"] : ["handle 2", "handle 2"];
      const copy = { ...bytesOf(origin), theirs: origin.headers, time: String(origin.timestamp) };
      const view = { headers: origin.headers, time: origin.timestamp, key: origin.key };
      return {
        id,
        copies: (isFollower ? ["parked 1", ...stages] : stages).map((stage) => ({ ...copy, stage })),
        seen: isPoison ? [] : [1, 2].map((attempt) => ({ attempt, view })),
      };
    });
    t.same(found, expected, codec);
    const largest = Math.max(...[...letters.values()].flat().map(({ oursBytes }) => oursBytes));
    t.ok(largest > 1_400 && largest <= 4_096, `ours take up to ${largest} bytes`);
  }
});

function shown({ record, theirs, ours }: Copy) {
  const stage = `${ours["bo-stage"]} ${ours["bo-attempt"]}`;
  return { ...bytesOf(record), theirs, time: ours["bo-time"], stage };
}

t.test("a record that only compressed fits its topic comes through, too", async (t) => {
  const f = await fleet(t);
  const source = topic({
    name: f.unique("dense"),
    records: [Note],
    key: (event) => event.key,
    partitions: 1,
    maxMessageBytes: LIMIT,
  });
  const attempts: string[] = [];
  const worker = defineWorker({
    name: f.unique("dense"),
    reads: [from(source, Note)],
    retry: ["100ms"],
    handle(event, { attempt }) {
      attempts.push(`${event.key} ${attempt}`);
      if (attempt === 1) throw new Error("once");
      throw new Permanent("never");
    },
  });
  await f.prepare([source], [worker]);
  const codecs = COMPRESSIONS.filter((codec) => codec !== "none");
  // Beyond a megabyte, and beyond what the derived topics take.
  const dense = (codec: Compression): OutRecord => {
    const noise = randomBytes(20_000).toString("base64");
    const roomy = { ...source, maxMessageBytes: 100 * LIMIT };
    return {
      ...f.note(roomy, { key: codec, n: 1, text: noise + "dense ".repeat(200_000) }),
      headers: HEADERS,
    };
  };
  const records = codecs.map(dense);
  for (const [i, compression] of codecs.entries()) {
    const record = records[i];
    if (record) await java.produce([record], { compression });
  }
  await f.run(worker);
  const dlq = `${source.name}.${worker.name}.dlq`;
  await until(t, "all are dead letters", async () => (await f.all(dlq)).length === codecs.length);
  t.same(
    attempts.sort(),
    codecs.flatMap((codec) => [`${codec} 1`, `${codec} 2`]).sort(),
    "each attempt was made once",
  );
  const copies = [
    ...(await java.consume(`${source.name}.${worker.name}.retry.100ms`)),
    ...(await java.consume(dlq)),
  ];
  for (const record of records) {
    const found: Copy[] = [...copiesById(copies).values()].flat();
    const own = found.filter((copy) => copy.record.key?.equals(record.key ?? Buffer.alloc(0)));
    t.equal(own.length, 2, String(record.key));
    t.ok(own.every((copy) => record.value && copy.record.value?.equals(record.value)));
    t.ok(own.every(({ theirs }) => theirs.length === HEADERS.length));
  }
});
