import { randomBytes } from "node:crypto";
import { pino } from "pino";
import t from "tap";
import { connectBroker } from "../../../../workers/_runtime/broker.ts";
import { readConfig } from "../../../../workers/_runtime/mod.ts";

const { kafka } = readConfig({ BOXOFFICE_PROFILE: "test", ...process.env }, ["KAFKA_BROKERS"]);
const log = pino({ level: "silent" });
const name = () => `t${randomBytes(4).toString("hex")}`;
const spec = (topic: string) => ({ name: topic, partitions: 4, config: {} });

t.test("admin answers every call about topics that another just created", async (t) => {
  const maker = connectBroker(kafka, { clientId: "maker", log });
  t.teardown(() => maker.close());
  for (let round = 0; round < 4; round += 1) {
    const asker = connectBroker(kafka, { clientId: "asker", log });
    const topics = Array.from({ length: 10 }, name);
    await maker.admin.createTopics(topics.map(spec));
    const [committed, ...offsets] = await Promise.all([
      asker.admin.committed(name(), topics),
      ...topics.map((topic) => asker.admin.offsets(topic)),
    ]);
    t.equal(committed.size, 10);
    t.ok(offsets.every((partitions) => partitions.length === 4));
    await asker.close();
  }
});

t.test("admin answers calls under way when another of them asks for a topic that isn't there", async (t) => {
  const broker = connectBroker(kafka, { clientId: "asker", log });
  t.teardown(() => broker.close());
  const topic = name();
  await broker.admin.createTopics([spec(topic)]);
  for (let round = 0; round < 5; round += 1) {
    const missing = broker.admin.offsets(name()).then(
      () => "answered",
      () => "refused",
    );
    const others = await Promise.all(Array.from({ length: 20 }, () => broker.admin.offsets(topic)));
    t.ok(others.every((partitions) => partitions.length === 4));
    t.equal(await missing, "refused");
  }
});
