import { execFileSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import t from "tap";
import { findJavaClient } from "../../../scripts/stack/java-client.ts";
import { isListening } from "../../../scripts/stack/port.ts";
import { greeting } from "../../../scripts/stack/redis.ts";
import { startStack } from "../../../scripts/stack/start.ts";
import { connectBroker } from "../../../workers/_runtime/broker.ts";

const { signal } = new AbortController();
const stack = await startStack({ services: ["kafka", "registry", "redis"] }, signal);
t.teardown(() => stack.stop());

t.test("startStack() starts just the services it is asked for", async (t) => {
  t.same(Object.keys(stack.env), ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "REDIS_URL"]);
  t.throws(() => stack.smtp, { name: "UsageError", message: "Cannot use smtp: this stack didn't start it" });
});

t.test(
  "kafka begins a transaction at once, makes no topic by itself, keeps its data over kill -9",
  async (t) => {
    const kafka = { brokers: [stack.kafka.url], tls: undefined, sasl: undefined };
    const broker = connectBroker(kafka, { clientId: "services-test", log: pino({ level: "silent" }) });
    t.teardown(() => broker.close());
    await broker.admin.createTopics([{ name: "kept", partitions: 1, config: {} }]);
    const producer = broker.transactional("services-test");
    await producer.fence();
    const record = { topic: "kept", partition: 0, key: null, value: Buffer.from("a"), headers: [] };
    await producer.commit("services-test", [record], []);
    const kept = { key: null, value: Buffer.from("a") };
    // A commit is answered before its markers are written: its records may be seen a moment later.
    const seen = async () => {
      for (;;) {
        const records = await broker.readAt("kept", 0, 0, 1_000);
        if (records.length > 0) return records;
        await wait(20);
      }
    };
    await seen();
    t.notOk((await broker.admin.partitionCounts(["never-made"])).has("never-made"));

    const { pid, port } = stack.kafka;
    await stack.kafka.kill();
    t.equal(stack.kafka.pid, undefined);
    t.equal(await isListening(port), false);
    await stack.kafka.start();
    t.not(stack.kafka.pid, pid);
    t.equal(stack.kafka.port, port);
    t.match(await seen(), [kept]);
    t.notOk((await broker.admin.listTopics()).includes("never-made"));
  },
);

t.test("kafka's own Java client can be run", async (t) => {
  const java = await findJavaClient(signal);
  t.same(java, stack.java);
  const words = ["-cp", java.classPath, "kafka.Kafka", "--version"];
  t.match(
    execFileSync(java.command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    /^4\.4\./,
  );
});

t.test("registry keeps its schemas over kill -9", async (t) => {
  const { url } = stack.registry;
  const schema = JSON.stringify({ type: "record", name: "A", fields: [] });
  const answer = await fetch(`${url}/subjects/a/versions`, {
    method: "POST",
    headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify({ schema }),
  });
  const made: { id: number } = JSON.parse(await answer.text());
  t.equal(answer.status, 200);
  await stack.registry.kill();
  await t.rejects(fetch(url));
  await stack.registry.start();
  const read = await fetch(`${url}/schemas/ids/${made.id}`);
  t.equal(read.status, 200);
  const { schema: kept }: { schema: string } = JSON.parse(await read.text());
  t.same(JSON.parse(kept), JSON.parse(schema));
});

t.test("redis answers nothing while frozen, goes on when thawed, is empty after a restart", async (t) => {
  const { port } = stack.redis;
  const ask = (line: string, expected: string): Promise<void> =>
    greeting(port, line, expected, AbortSignal.timeout(60_000));
  await ask("SET seat taken\r\n", "+OK");
  await ask("CONFIG GET maxmemory-policy\r\n", "*2\r\n$16\r\nmaxmemory-policy\r\n$10\r\nnoeviction");
  stack.redis.freeze();
  const unanswered = greeting(port, "GET seat\r\n", "$5\r\ntaken", AbortSignal.timeout(60_000));
  t.equal(await Promise.race([unanswered.then(() => "answered"), wait(100, "silent")]), "silent");
  stack.redis.thaw();
  await unanswered;
  await stack.redis.stop();
  await stack.redis.start();
  await ask("GET seat\r\n", "$-1");
});
