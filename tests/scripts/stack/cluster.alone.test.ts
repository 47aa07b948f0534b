import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import t from "tap";
import { startStack } from "../../../scripts/stack/start.ts";
import { connectBroker } from "../../../workers/_runtime/broker.ts";

const stack = await startStack({ services: ["kafka"], brokers: 3 }, new AbortController().signal);
t.teardown(() => stack.stop());

t.test("startStack() with three brokers commits transactions while one is down", async (t) => {
  t.equal(stack.brokers.length, 3);
  const brokers = stack.env.KAFKA_BROKERS?.split(",") ?? [];
  t.same(
    brokers,
    stack.brokers.map(({ url }) => url),
  );
  const broker = connectBroker(
    { brokers, tls: undefined, sasl: undefined },
    { clientId: "cluster-test", log: pino({ level: "silent" }) },
  );
  t.teardown(() => broker.close());
  await broker.admin.createTopics([{ name: "replicated", partitions: 3, config: {} }]);
  await stack.brokers[2]?.kill();
  const record = { topic: "replicated", key: null, value: Buffer.from("a"), headers: [] };
  const records = [0, 1, 2].map((partition) => ({ ...record, partition }));
  // The dead broker's partitions and coordinators move within its session timeout.
  for (let tries = 1; ; tries++) {
    const producer = broker.transactional("cluster-test");
    try {
      await producer.fence();
      await producer.commit("cluster-test", records, []);
      break;
    } catch (error) {
      if (tries === 60) throw error;
      await wait(500);
    } finally {
      await producer.close();
    }
  }
  for (const { partition } of records) {
    while ((await broker.readAt("replicated", partition, 0, 1_000)).length === 0) await wait(50);
  }
  t.pass("every partition has its record");
});
