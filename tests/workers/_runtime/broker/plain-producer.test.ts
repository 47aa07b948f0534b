import pino from "pino";
import t from "tap";
import { encodeBatch } from "../../../../workers/_runtime/broker/batch-encoder.ts";
import { clientLogger } from "../../../../workers/_runtime/broker/client-log.ts";
import { connections, disconnect } from "../../../../workers/_runtime/broker/connections.ts";
import { murmur2, partitionOfKey } from "../../../../workers/_runtime/broker/partitioner.ts";
import { delivery, produce } from "../../../../workers/_runtime/broker/produce.ts";
import { connectBroker, PublishFailed } from "../../../../workers/_runtime/broker.ts";
import { brokers, connect, out, texts, topicOf, unique } from "../../../_support/kafka.ts";

const broker = connect();
t.teardown(() => broker.close());

const failureOf = (work: Promise<void>) =>
  work.then(
    () => "sent" as const,
    (error: unknown) => {
      if (error instanceof PublishFailed) return error;
      throw error;
    },
  );

t.test("send() keeps the order of records and of calls", async (t) => {
  const topic = await topicOf(broker);
  const producer = broker.producer();
  const values = Array.from({ length: 300 }, (_, index) => String(index));
  await Promise.all(values.map((value) => producer.send([out(topic, value, { partition: 0 })])));
  t.same(texts(await broker.readAt(topic, 0, 0, 1e6)), values);
});

t.test("send() puts a key where Java's producer puts it, and records without a key in turn", async (t) => {
  const topic = await topicOf(broker, 4);
  await broker
    .producer()
    .send([
      ...["a", "reservation-17", "ü"].map((key) => out(topic, key, { key })),
      ...["", "", "", ""].map((value) => out(topic, value)),
    ]);
  for (const key of ["a", "reservation-17", "ü"]) {
    const place = partitionOfKey(Buffer.from(key), 4);
    t.ok(texts(await broker.readAt(topic, place, 0, 1e6)).includes(key));
  }
  for (const partition of [0, 1, 2, 3])
    t.equal((await broker.readAt(topic, partition, 0, 1e6)).filter(({ key }) => key === null).length, 1);
});

t.test("murmur2() gives what Kafka's own tests expect of its Java one", async (t) => {
  const table: [string, number][] = [
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ];
  for (const [text, hash] of table) t.equal(murmur2(Buffer.from(text)), hash, text);
});

t.test(
  "send() fails certain for the one record that is too large, and its neighbours are written",
  async (t) => {
    const topic = await topicOf(broker);
    const producer = broker.producer();
    const ends = await Promise.all([
      failureOf(producer.send([out(topic, "before", { partition: 0 })])),
      failureOf(producer.send([out(topic, Buffer.alloc(1_100_000), { partition: 0 })])),
      failureOf(producer.send([out(topic, "after", { partition: 0 })])),
    ]);
    t.same([ends[0], ends[2]], ["sent", "sent"]);
    t.match(ends[1], { certain: true, message: new RegExp(topic) });
    t.same(texts(await broker.readAt(topic, 0, 0, 1e6)), ["before", "after"]);
  },
);

t.test("send() isolates what the broker refuses from what it was grouped with", async (t) => {
  const topic = await topicOf(broker, 1, { "cleanup.policy": "compact" });
  const producer = broker.producer();
  const ends = await Promise.all([
    failureOf(producer.send([out(topic, "1", { key: "a", partition: 0 })])),
    failureOf(producer.send([out(topic, "no key", { partition: 0 })])),
    failureOf(producer.send([out(topic, "2", { key: "b", partition: 0 })])),
  ]);
  t.same([ends[0], ends[2]], ["sent", "sent"]);
  t.match(ends[1], { certain: true });
  await producer.send([out(topic, "3", { key: "c", partition: 0 })]);
  t.same(texts(await broker.readAt(topic, 0, 0, 1e6)), ["1", "2", "3"]);
});

t.test("send() fails certain in its time when the topic doesn't exist, and others go on", async (t) => {
  const topic = await topicOf(broker);
  const producer = broker.producer();
  const missing = failureOf(producer.send([out(unique("missing"), "x")], { timeoutMs: 700 }));
  t.equal(await failureOf(producer.send([out(topic, "x", { partition: 0 })])), "sent");
  t.match(await missing, { certain: true });
});

t.test("send() fails certain when the broker can't be reached", async (t) => {
  const down = connectBroker(
    { brokers: ["127.0.0.1:1"], tls: undefined, sasl: undefined },
    { clientId: "test", log: pino({ level: "silent" }) },
  );
  t.teardown(() => down.close());
  t.match(await failureOf(down.producer().send([out("t", "x")], { timeoutMs: 300 })), {
    certain: true,
    message: /300 ms/,
  });
});

t.test("send() fails at once when aborted before, certain", async (t) => {
  t.match(await failureOf(broker.producer().send([out("t", "x")], { signal: AbortSignal.abort() })), {
    certain: true,
  });
});

t.test("send() of nothing is sent", async (t) => {
  t.equal(await failureOf(broker.producer().send([])), "sent");
});

t.test(
  "produce() of a batch that is already written, its answer lost, writes nothing and succeeds",
  async (t) => {
    const topic = await topicOf(broker);
    const config = { brokers: brokers(), tls: undefined, sasl: undefined };
    const pool = connections(config, "test", clientLogger(pino({ level: "silent" })));
    const cluster = pool.cluster("read committed");
    t.teardown(() => disconnect(pool, cluster, () => cluster.disconnect(), 1_000));
    await cluster.connect();
    await cluster.addMultipleTargetTopics([topic]);
    const controller = await cluster.findControllerBroker();
    const identity = await controller.initProducerId({
      transactionalId: undefined,
      transactionTimeout: 60_000,
    });
    const batch = encodeBatch([out(topic, "x")], {
      producerId: Number(identity.producerId),
      producerEpoch: identity.producerEpoch,
      firstSequence: 0,
      transactional: false,
      compression: "none",
      timestamp: Date.now(),
    });
    for (let attempt = 0; attempt < 2; attempt++) {
      const one = delivery(topic, 0, batch);
      await produce(cluster, [one], { transactionalId: undefined, deadline: Date.now() + 90_000 });
      t.equal(one.state, "written");
    }
    t.same(texts(await broker.readAt(topic, 0, 0, 1e6)), ["x"]);
  },
);
