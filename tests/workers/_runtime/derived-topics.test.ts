import t from "tap";
import { declaredTopics, derivedTopics, ladderOf } from "../../../workers/_runtime/derived-topics.ts";
import { defineWorker, from, record, topic } from "../../../workers/_runtime/mod.ts";

interface Made {
  readonly type: "Made";
  readonly id: string;
}
const Made = record<Made>("test.Made", {
  type: "record",
  name: "Made",
  fields: [{ name: "id", type: "string" }],
});
const key = (event: Made) => event.id;
const orders = topic({
  name: "orders",
  records: [Made],
  key,
  retention: "forever",
  maxMessageBytes: 2_000_000,
});
const halls = topic({ name: "halls", records: [Made], key, retention: "compact", partitions: 3 });
const bills = topic({ name: "bills", records: [Made], key });
const worker = defineWorker({
  name: "billing",
  reads: [from(orders, Made), from(halls, Made)],
  emits: [bills],
  retry: ["1s", "10s"],
  handle() {},
});
const declared = { retry: undefined, partitions: undefined, replicationFactor: undefined };
const local = { retry: ["200ms"], partitions: 4, replicationFactor: 1 };
const cluster = { retry: undefined, partitions: undefined, replicationFactor: 3 };

t.test("derivedTopics() follows the wire contract", async (t) => {
  const kept = { "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1" };
  const size = { "max.message.bytes": String(2_000_000 + 65_536) };
  const stamped = { ...kept, "message.timestamp.type": "LogAppendTime" };
  const common = { partitions: 12, source: "orders", worker: "billing" };
  t.same(derivedTopics(worker, orders, declared), [
    { ...common, name: "orders.billing.retry.1s", kind: "retry", config: { ...stamped, ...size } },
    { ...common, name: "orders.billing.retry.10s", kind: "retry", config: { ...stamped, ...size } },
    { ...common, name: "orders.billing.replay", kind: "replay", config: { ...kept, ...size } },
    {
      ...common,
      name: "orders.billing.dlq",
      kind: "dlq",
      config: { ...kept, "retention.ms": "2592000000", ...size },
    },
  ]);
});

t.test("declaredTopics() adds the fleet's own and every topic read or emitted to", async (t) => {
  const all = new Map(declaredTopics([orders], [worker], declared).map((each) => [each.name, each]));
  t.same([...all.keys()].sort(), [
    "bills",
    "fleet.audit",
    "fleet.dead-letters",
    "fleet.plans",
    "halls",
    "halls.billing.dlq",
    "halls.billing.replay",
    "halls.billing.retry.10s",
    "halls.billing.retry.1s",
    "orders",
    "orders.billing.dlq",
    "orders.billing.replay",
    "orders.billing.retry.10s",
    "orders.billing.retry.1s",
  ]);
  t.match(all.get("orders")?.config, { "cleanup.policy": "delete", "retention.ms": "-1" });
  t.match(all.get("halls")?.config, { "cleanup.policy": "compact" });
  t.match(all.get("bills")?.config, { "cleanup.policy": "delete", "retention.ms": "604800000" });
  t.match(all.get("fleet.dead-letters")?.config, { "cleanup.policy": "compact" });
  t.match(all.get("fleet.plans")?.config, { "cleanup.policy": "compact" });
  t.match(all.get("fleet.audit")?.config, { "cleanup.policy": "delete", "retention.ms": "-1" });
  t.equal(all.get("halls.billing.retry.1s")?.partitions, 3, "partitions of its source");
});

t.test("declaredTopics() takes the profile's ladder, partitions and replication", async (t) => {
  const topics = declaredTopics([orders], [worker], local);
  t.same(
    topics.filter((each) => each.kind === "retry").map((each) => each.name),
    ["orders.billing.retry.200ms", "halls.billing.retry.200ms"],
  );
  const sized = topics.filter((each) => each.kind !== "fleet");
  t.ok(sized.every((each) => each.partitions === 4 && each.replicationFactor === 1));
  t.ok(topics.every((each) => each.config["min.insync.replicas"] === undefined));
  const replicated = declaredTopics([orders], [worker], cluster);
  t.ok(
    replicated.every((each) => each.replicationFactor === 3 && each.config["min.insync.replicas"] === "2"),
  );
  t.same(ladderOf(worker, declared), ["1s", "10s"]);
  t.same(ladderOf(worker, local), ["200ms"]);
});

t.test("declaredTopics() names what is routed to before what is read", async (t) => {
  const names = declaredTopics([orders], [worker], declared).map((each) => each.name);
  t.ok(names.indexOf("orders.billing.dlq") < names.indexOf("orders"));
  t.ok(names.indexOf("fleet.dead-letters") < names.indexOf("orders"));
  t.equal(new Set(names).size, names.length);
});
