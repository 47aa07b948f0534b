import t from "tap";
import { COMPRESSIONS, type Compression } from "../../workers/_runtime/broker/compression.ts";
import type { Header, KafkaRecord, OutRecord } from "../../workers/_runtime/record.ts";
import { brokers, connect, eventsOf, out, topicOf, unique, until, valuesOf } from "../_support/kafka.ts";
import { startJavaClient } from "./java-client.ts";

const broker = connect();
const java = await startJavaClient(brokers());
t.teardown(async () => {
  await java.close();
  await broker.close();
});

const text = (value: string) => Buffer.from(value);

/** What an object of headers would lose, move or throw on. */
const HEADERS: readonly Header[] = [
  ["b", text("1")],
  ["a", text("2")],
  ["b", text("3")],
  ["a", null],
  ["7", text("a number")],
  ["-1", null],
  ["__proto__", text("{}")],
  ["constructor", null],
  ["toString", text("")],
  ["überfällig", text("ü")],
  ["座席", Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ["", text("no name")],
  ["a", text("2")],
];

function samples(topic: string): OutRecord[] {
  const record = (options: Partial<OutRecord>): OutRecord => ({
    ...out(topic, "x", { partition: 0 }),
    ...options,
  });
  return [
    record({ headers: HEADERS }),
    record({ headers: [...HEADERS].reverse(), key: text("key") }),
    record({ key: null, value: null }),
    record({ key: Buffer.alloc(0), value: Buffer.alloc(0), headers: [["empty", Buffer.alloc(0)]] }),
    record({ key: Buffer.from([0, 0, 0, 0]), value: text("a Java int 0 as key is no marker") }),
    record({ value: Buffer.from(Array.from({ length: 256 }, (_, index) => index)) }),
    record({ value: text("compressible ".repeat(5_000)), headers: [["long", Buffer.alloc(3_000, 7)]] }),
    ...Array.from({ length: 300 }, (_, index) =>
      record({ value: text(`many ${index}`), key: text(`k${index % 7}`) }),
    ),
  ];
}

const bare = ({ key, value, headers }: OutRecord | KafkaRecord) => ({ key, value, headers });

/** As a member of a group gets them. */
async function consume(topic: string, count: number): Promise<KafkaRecord[]> {
  const got: KafkaRecord[] = [];
  let position = 0; // a busy machine can make the group join twice
  const member = broker.member(
    {
      groupId: unique("group"),
      families: async () => [[topic]],
      owned: () => [],
      rebalanceTimeoutMs: 10_000,
    },
    eventsOf({
      assigned() {
        member.seek(topic, 0, position);
        member.resume(topic, 0);
      },
      batch(_, __, records, nextOffset) {
        got.push(...records);
        position = nextOffset;
        return true;
      },
    }),
  );
  await member.start();
  try {
    await until(
      () => got.length,
      (length) => length >= count,
    );
  } finally {
    await member.stop(2_000);
  }
  return got;
}

for (const compression of COMPRESSIONS)
  t.test(`what Java writes with ${compression} a member reads byte for byte`, async (t) => {
    const topic = await topicOf(broker);
    const written = samples(topic);
    await java.produce(written, { compression });
    t.same((await consume(topic, written.length)).map(bare), written.map(bare));
    t.same((await broker.readAt(topic, 0, 0, 20e6)).slice(0, 5).map(bare), written.slice(0, 5).map(bare));
  });

for (const compression of COMPRESSIONS)
  t.test(`what both producers write with ${compression} Java reads byte for byte`, async (t) => {
    const ours = connect(compression);
    t.teardown(() => ours.close());
    const [plain, transactional] = [await topicOf(broker), await topicOf(broker)];
    await ours.producer().send(samples(plain));
    const producer = ours.transactional(unique("tx"));
    await producer.fence();
    await producer.commit("unused", samples(transactional), []);
    await valuesOf(broker, transactional, 0, 1); // its marker is written
    for (const topic of [plain, transactional])
      t.same((await java.consume(topic)).map(bare), samples(topic).map(bare), topic);
  });

t.test("values near the broker's limit pass both ways, with every codec", async (t) => {
  // Random: what can't be compressed is the largest a batch can be.
  const near = Buffer.from(crypto.getRandomValues(new Uint8Array(65_536)));
  const value = Buffer.concat(Array.from({ length: 15 }, () => near));
  const topics: [Compression, string][] = [];
  for (const compression of COMPRESSIONS) topics.push([compression, await topicOf(broker)]);
  for (const [compression, topic] of topics) {
    await java.produce([out(topic, value, { partition: 0 })], { compression });
    const ours = connect(compression);
    await ours.producer().send([out(topic, value, { partition: 0 })]);
    await ours.close();
    const got = [...(await broker.readAt(topic, 0, 0, 4e6)), ...(await java.consume(topic))];
    t.equal(got.length, 4, compression);
    t.ok(got.every((record) => record.value?.equals(value)));
  }
});

t.test("what Java aborts nobody is given, what it commits after it is", async (t) => {
  const topic = await topicOf(broker);
  const transactionalId = unique("java");
  const zero = Buffer.from([0, 0, 0, 0]);
  await java.produce([out(topic, "kept 1", { partition: 0, key: zero })]);
  await java.produce([out(topic, "aborted", { partition: 0, key: zero })], { transactionalId, abort: true });
  await java.produce([out(topic, "kept 2", { partition: 0, key: zero })], { transactionalId });
  const values = (await consume(topic, 2)).map(({ value }) => value?.toString());
  t.same(values, ["kept 1", "kept 2"]);
});

t.test("timestamps are those of the producer, and ours are now", async (t) => {
  const topic = await topicOf(broker);
  await java.produce([{ ...out(topic, "old", { partition: 0 }), timestamp: 1_600_000_000_000 }]);
  const before = Date.now();
  await broker.producer().send([out(topic, "new", { partition: 0 })]);
  // One at a time: the old one rolls a segment, and no fetch reads beyond one.
  const [old] = await broker.readAt(topic, 0, 0, 1e6);
  const [fresh] = await broker.readAt(topic, 0, 1, 1e6);
  t.equal(old?.timestamp, 1_600_000_000_000);
  t.ok(fresh && fresh.timestamp >= before && fresh.timestamp <= Date.now());
});

t.test("keys go to the partitions that Java's producer chooses", async (t) => {
  const [ours, theirs] = [await topicOf(broker, 5), await topicOf(broker, 5)];
  const keys = Array.from({ length: 100 }, (_, index) => `Schlüssel ${index * 7919}`);
  await broker.producer().send(keys.map((key) => out(ours, key, { key })));
  await java.produce(keys.map((key) => out(theirs, key, { key })));
  const places = async (topic: string) =>
    Object.fromEntries((await java.consume(topic)).map(({ key, partition }) => [key?.toString(), partition]));
  t.same(await places(ours), await places(theirs));
});
