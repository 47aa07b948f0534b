import t from "tap";
import { connect, out, texts, topicOf, unique, until } from "../../../_support/kafka.ts";

const broker = connect();
const { admin } = broker;
t.teardown(() => broker.close());

t.test("createTopics() returns when topics can be written to, and leaves existing ones", async (t) => {
  const names = Array.from({ length: 5 }, () => unique("broker-test"));
  const specs = names.map((name) => ({ name, partitions: 3, config: { "retention.ms": "-1" } }));
  await admin.createTopics(specs);
  for (const name of names) await broker.producer().send([out(name, "x", { partition: 2 })]);
  await admin.createTopics(specs.map((spec) => ({ ...spec, partitions: 9 })));
  t.same([...(await admin.partitionCounts([...names, "no-such-topic"])).values()], [3, 3, 3, 3, 3]);
  const listed = await admin.listTopics();
  t.ok(names.every((name) => listed.includes(name)));
});

t.test("createTopics() names the topic that the broker refuses, with its reason", async (t) => {
  const spec = { name: unique("broker-test"), partitions: 1, config: { "cleanup.policy": "sometimes" } };
  await t.rejects(admin.createTopics([spec]), { message: /Cannot create topics.*cleanup\.policy/s });
});

t.test("topicConfigs() tells what is set on the topic and what is asked for", async (t) => {
  const topic = await topicOf(broker, 1, { "retention.ms": "1000" });
  const configs = await admin.topicConfigs([topic], ["max.message.bytes"]);
  t.same(configs.get(topic), { "retention.ms": "1000", "max.message.bytes": "1048588" });
});

t.test("topicConfigs() leaves out a topic that was deleted since it was listed", async (t) => {
  const [kept, gone] = [await topicOf(broker, 1, { "retention.ms": "1000" }), await topicOf(broker)];
  await admin.deleteTopics([gone]);
  await until(
    () => admin.listTopics(),
    (topics) => !topics.includes(gone),
  );
  t.same(await admin.topicConfigs([gone, kept], []), new Map([[kept, { "retention.ms": "1000" }]]));
});

t.test("addPartitions() and deleteTopics() change what partitionCounts() tells", async (t) => {
  const topic = await topicOf(broker, 1);
  await admin.addPartitions(topic, 3);
  t.equal((await admin.partitionCounts([topic])).get(topic), 3);
  await admin.deleteTopics([topic]);
  await until(
    async () => (await admin.partitionCounts([topic])).size,
    (size) => size === 0,
  );
});

t.test("a topic deleted by another client does not stop the admin", async (t) => {
  const [kept, gone] = [await topicOf(broker), await topicOf(broker)];
  await admin.offsets(gone);
  const other = connect();
  await other.admin.deleteTopics([gone]);
  await other.close();
  await admin.createTopics([{ name: unique("broker-test"), partitions: 1, config: {} }]);
  t.same(await admin.offsets(kept), [{ partition: 0, low: 0, high: 0 }]);
});

t.test("deleteRecords() deletes below the offset, as the first call of a fresh admin too", async (t) => {
  const topic = await topicOf(broker);
  await broker.producer().send(["a", "b", "c"].map((value) => out(topic, value, { partition: 0 })));
  const fresh = connect();
  await fresh.admin.deleteRecords(topic, 0, 2);
  t.same(await fresh.admin.offsets(topic), [{ partition: 0, low: 2, high: 3 }]);
  await t.rejects(fresh.admin.deleteRecords(topic, 0, -1), { name: "RangeError", message: /-1/ });
  await fresh.close();
  t.same(texts(await broker.readAt(topic, 0, 2, 1e6)), ["c"]);
});

t.test("offsetsAt() gives the first offset at or after a time, the end when there is none", async (t) => {
  const topic = await topicOf(broker);
  await broker.producer().send([out(topic, "a", { partition: 0 })]);
  const [first] = await broker.readAt(topic, 0, 0, 1e6);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await broker.producer().send([out(topic, "b", { partition: 0 })]);
  const at = first?.timestamp ?? 0;
  t.same(await admin.offsetsAt(topic, at), [{ partition: 0, offset: 0 }]);
  t.same(await admin.offsetsAt(topic, at + 1), [{ partition: 0, offset: 1 }]);
  t.same(await admin.offsetsAt(topic, at + 60_000), [{ partition: 0, offset: 2 }]);
});

t.test("offsets() tells the high watermark, markers included", async (t) => {
  const topic = await topicOf(broker);
  const producer = broker.transactional(unique("tx"));
  await producer.fence();
  await producer.commit("unused", [out(topic, "a", { partition: 0 })], []);
  // The marker is written a moment after the commit returned.
  const high = await until(
    async () => (await admin.offsets(topic))[0]?.high,
    (seen) => seen === 2,
  );
  t.equal(high, 2);
});

t.test("members() is empty for a group without members", async (t) => {
  t.same(await admin.members(unique("group")), []);
});
