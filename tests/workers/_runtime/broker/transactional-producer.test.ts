import { randomBytes } from "node:crypto";
import t from "tap";
import { failureKind } from "../../../../workers/_runtime/broker/transactional-producer.ts";
import { TransactionFailed } from "../../../../workers/_runtime/broker.ts";
import { committedOf, connect, out, texts, topicOf, unique, valuesOf } from "../../../_support/kafka.ts";

const broker = connect();
t.teardown(() => broker.close());

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => "committed",
    (error: unknown) => (error instanceof TransactionFailed ? error.kind : String(error)),
  );

t.test("commit() writes records of several topics and partitions and offsets with metadata", async (t) => {
  const [source, target] = [await topicOf(broker, 2), await topicOf(broker, 3)];
  const group = unique("group");
  const producer = broker.transactional(unique("tx"));
  await producer.fence();
  const metadata = JSON.stringify({ done: "ü 1,2-5" });
  await producer.commit(
    group,
    [
      out(source, "a", { partition: 1 }),
      out(target, "b", { partition: 2 }),
      out(target, "c", { partition: 0 }),
    ],
    [
      { topic: source, partition: 0, offset: 7, metadata },
      { topic: source, partition: 1, offset: 0, metadata: "" },
    ],
  );
  t.same(await valuesOf(broker, source, 1, 1), ["a"]);
  t.same(await valuesOf(broker, target, 2, 1), ["b"]);
  t.same(await valuesOf(broker, target, 0, 1), ["c"]);
  t.same(await committedOf(broker, group, source, 7), [
    { partition: 0, offset: 7, metadata },
    { partition: 1, offset: 0, metadata: "" },
  ]);
  const committed = await broker.admin.committed(group, [target]);
  t.same(committed.get(target)?.[0], { partition: 0, offset: undefined, metadata: "" }, "nothing committed");
});

t.test("commit() takes 4,096 bytes of metadata, refuses more, and nothing of it happens", async (t) => {
  const topic = await topicOf(broker);
  const group = unique("group");
  const id = unique("tx");
  const commit = async (metadata: string) => {
    const producer = broker.transactional(id);
    await producer.fence();
    return kindOf(
      producer.commit(
        group,
        [out(topic, "x", { partition: 0 })],
        [{ topic, partition: 0, offset: 1, metadata }],
      ),
    );
  };
  t.equal(await commit("m".repeat(4096)), "committed");
  t.equal(await commit("m".repeat(4097)), "unknown", "no fact of a record: none may become a dead letter");
  t.equal((await committedOf(broker, group, topic, 1))[0]?.metadata.length, 4096);
  t.same(await valuesOf(broker, topic, 0, 1), ["x"]);
});

t.test("commit() commits offsets without records, records without offsets, and nothing", async (t) => {
  const topic = await topicOf(broker);
  const group = unique("group");
  const producer = broker.transactional(unique("tx"));
  await producer.fence();
  await producer.commit(group, [], [{ topic, partition: 0, offset: 3, metadata: "" }]);
  await producer.commit(group, [out(topic, "only", { partition: 0 })], []);
  await producer.commit(group, [], []);
  t.equal((await committedOf(broker, group, topic, 3))[0]?.offset, 3);
  t.same(await valuesOf(broker, topic, 0, 1), ["only"]);
});

t.test("commit() keeps order within a partition over many transactions", async (t) => {
  const topic = await topicOf(broker);
  const producer = broker.transactional(unique("tx"));
  await producer.fence();
  const expected: string[] = [];
  for (let round = 0; round < 20; round++) {
    const values = Array.from({ length: round + 1 }, (_, index) => `${round}.${index}`);
    expected.push(...values);
    await producer.commit(
      "unused",
      values.map((value) => out(topic, value, { partition: 0 })),
      [],
    );
  }
  t.same(await valuesOf(broker, topic, 0, expected.length), expected);
});

t.test("commit() is fenced once another fenced the same id", async (t) => {
  const topic = await topicOf(broker);
  const id = unique("tx");
  const [first, second] = [broker.transactional(id), broker.transactional(id)];
  await first.fence();
  await first.commit("unused", [out(topic, "first", { partition: 0 })], []);
  await second.fence();
  t.equal(await kindOf(first.commit("unused", [out(topic, "zombie", { partition: 0 })], [])), "fenced");
  await second.commit("unused", [out(topic, "second", { partition: 0 })], []);
  t.same(await valuesOf(broker, topic, 0, 2), ["first", "second"]);
});

t.test("commit() of offsets alone is fenced too", async (t) => {
  const topic = await topicOf(broker);
  const [id, group] = [unique("tx"), unique("group")];
  const [first, second] = [broker.transactional(id), broker.transactional(id)];
  await first.fence();
  await second.fence();
  const offsets = [{ topic, partition: 0, offset: 5, metadata: "" }];
  t.equal(await kindOf(first.commit(group, [], offsets)), "fenced");
  t.equal((await broker.admin.committed(group, [topic])).get(topic)?.[0]?.offset, undefined);
});

t.test("commit() compresses what is too large for its topic only as it is", async (t) => {
  const topic = await topicOf(broker, 1);
  const producer = broker.transactional(unique("tx"));
  await producer.fence();
  const dense = Buffer.alloc(5_000_000, "dense ");
  for (const value of ["a", dense, "b"])
    await producer.commit("unused", [out(topic, value, { partition: 0 })], []);
  t.same(
    await valuesOf(broker, topic, 0, 3),
    ["a", dense, "b"].map((value) => value.toString()),
  );
});

t.test(
  "commit() is refused for a record that is too large, holds up no reader, and goes on after it",
  async (t) => {
    const topic = await topicOf(broker, 2);
    const producer = broker.transactional(unique("tx"));
    await producer.fence();
    const commit = (values: readonly (string | Buffer)[]) => {
      const records = values.map((value) =>
        out(topic, value, {
          partition: Buffer.isBuffer(value) ? 1 : 0,
          key: value.length > 99 ? null : value,
        }),
      );
      return producer.commit("unused", records, []);
    };
    await commit(["a"]);
    for (let round = 0; round < 3; round++)
      t.match(await commit(["beside it", randomBytes(1_100_000)]).catch((error: unknown) => error), {
        kind: "refused",
        spent: false,
      });
    await commit(["b", Buffer.from("small")]);
    await commit(["c"]);
    t.same(await valuesOf(broker, topic, 0, 3), ["a", "b", "c"]);
    t.same(await valuesOf(broker, topic, 1, 1), ["small"]);
  },
);

t.test("commit() on a spent producer is unknown at once", async (t) => {
  const topic = await topicOf(broker);
  const id = unique("tx");
  const [first, second] = [broker.transactional(id), broker.transactional(id)];
  await first.fence();
  await second.fence();
  const records = [out(topic, "zombie", { partition: 0 })];
  t.equal(await kindOf(first.commit("unused", records, [])), "fenced");
  await t.rejects(first.commit("unused", records, []), { name: "TransactionFailed", message: /spent/ });
  await t.rejects(broker.transactional(id).commit("unused", records, []), { message: /not fenced/ });
});

t.test("commit() is refused for a record without key on a compacted topic", async (t) => {
  const topic = await topicOf(broker, 1, { "cleanup.policy": "compact" });
  const producer = broker.transactional(unique("tx"));
  await producer.fence();
  t.equal(await kindOf(producer.commit("unused", [out(topic, "x", { partition: 0 })], [])), "refused");
});

t.test(
  "commit() to a topic that doesn't exist is unknown: a fact of the cluster, not of the record",
  async (t) => {
    const producer = broker.transactional(unique("tx"));
    await producer.fence();
    t.equal(
      await kindOf(producer.commit("unused", [out(unique("missing"), "x", { partition: 0 })], [])),
      "unknown",
    );
  },
);

t.test(
  "fence() aborts what the former producer left open, so that offsets read after it are final",
  async (t) => {
    const topic = await topicOf(broker);
    const [id, group] = [unique("tx"), unique("group")];
    const first = broker.transactional(id);
    await first.fence();
    const committing = kindOf(
      first.commit(
        group,
        [out(topic, "racing", { partition: 0 })],
        [{ topic, partition: 0, offset: 9, metadata: "" }],
      ),
    );
    const second = broker.transactional(id);
    await second.fence();
    const offset = (await broker.admin.committed(group, [topic])).get(topic)?.[0]?.offset;
    const values = texts(await broker.readAt(topic, 0, 0, 1e6));
    const end = await committing;
    if (end === "committed") t.same([offset, values], [9, ["racing"]]);
    else t.same([offset, values], [undefined, []], `${end}: nothing of it stands`);
  },
);

t.test("failureKind() calls nothing certain once the end was asked for", async (t) => {
  const error = (type: string) => Object.assign(new Error(type), { type });
  const table: [string, boolean, string][] = [
    ["INVALID_PRODUCER_EPOCH", false, "fenced"],
    ["INVALID_PRODUCER_EPOCH", true, "unknown"],
    ["MESSAGE_TOO_LARGE", false, "refused"],
    ["RECORD_LIST_TOO_LARGE", false, "refused"],
    ["INVALID_RECORD", false, "refused"],
    ["INVALID_TIMESTAMP", false, "refused"],
    ["OFFSET_METADATA_TOO_LARGE", false, "unknown"],
    ["UNKNOWN_TOPIC_OR_PARTITION", false, "unknown"],
    ["TOPIC_AUTHORIZATION_FAILED", false, "unknown"],
    ["INVALID_TXN_STATE", false, "unknown"],
    ["REQUEST_TIMED_OUT", false, "unknown"],
  ];
  for (const [type, ending, kind] of table)
    t.equal(failureKind(error(type), ending), kind, `${type} ${ending}`);
  const fenced = Object.assign(new Error("Unknown error code 90"), {
    type: "KAFKAJS_UNKNOWN_ERROR_CODE",
    code: -99,
  });
  t.equal(failureKind(fenced, false), "fenced", "newer brokers' PRODUCER_FENCED");
  t.equal(failureKind(new Error("wrapped", { cause: error("MESSAGE_TOO_LARGE") }), false), "refused");
});
