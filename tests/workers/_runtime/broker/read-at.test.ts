import { randomBytes } from "node:crypto";
import t from "tap";
import { connect, out, texts, topicOf, unique, until } from "../../../_support/kafka.ts";

const broker = connect();
t.teardown(() => broker.close());

t.test("readAt() returns records from the offset on, none before it", async (t) => {
  const topic = await topicOf(broker);
  await broker.producer().send(["a", "b", "c"].map((value) => out(topic, value, { partition: 0 })));
  t.same(texts(await broker.readAt(topic, 0, 1, 1e6)), ["b", "c"]);
});

t.test("readAt() returns at least one batch however small maxBytes is", async (t) => {
  const topic = await topicOf(broker);
  await broker.producer().send([out(topic, Buffer.alloc(50_000), { partition: 0 })]);
  t.equal((await broker.readAt(topic, 0, 0, 1)).length, 1);
});

t.test("readAt() is empty at the end, behind it, and before what was deleted", async (t) => {
  const topic = await topicOf(broker);
  t.same(await broker.readAt(topic, 0, 0, 1e6), []);
  t.same(await broker.readAt(topic, 0, 99, 1e6), []);
  await broker.producer().send([out(topic, "a", { partition: 0 }), out(topic, "b", { partition: 0 })]);
  await broker.admin.deleteRecords(topic, 0, 1);
  t.same(await broker.readAt(topic, 0, 0, 1e6), []);
});

t.test("readAt() steps over markers and aborted transactions to the next record", async (t) => {
  const topic = await topicOf(broker, 2);
  const id = unique("tx");
  const commit = async (value: string | Buffer) => {
    const producer = broker.transactional(id);
    await producer.fence();
    // The large one goes to another partition and is refused: the small one beside it is aborted.
    const large = Buffer.isBuffer(value) ? [out(topic, value, { partition: 1 })] : [];
    const small = out(topic, Buffer.isBuffer(value) ? "aborted" : value, { partition: 0 });
    await producer.commit("unused", [small, ...large], []).catch(() => {});
    await producer.close();
  };
  await commit("first");
  for (let i = 0; i < 3; i++) await commit(randomBytes(1_100_000));
  t.same(await broker.readAt(topic, 0, 1, 1), [], "only markers and aborted records are behind offset 0");
  await commit("last");
  const last = await until(
    () => broker.readAt(topic, 0, 1, 1),
    ({ length }) => length > 0,
  );
  t.same(texts(last), ["last"]);
});
