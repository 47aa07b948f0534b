import t from "tap";
import { type ActualTopic, parseDerived, planTopics } from "../../../scripts/topics/plan.ts";
import type { DeclaredTopic } from "../../../workers/_runtime/derived-topics.ts";

const source: DeclaredTopic = {
  name: "orders",
  kind: "source",
  source: "orders",
  worker: undefined,
  partitions: 4,
  config: { "cleanup.policy": "delete", "retention.ms": "-1" },
};
const dlq: DeclaredTopic = { ...source, name: "orders.billing.dlq", kind: "dlq", worker: "billing" };
const asDeclared: ActualTopic = { partitions: 4, config: { ...source.config, "segment.bytes": "1" } };

function plan(actual: Readonly<Record<string, ActualTopic>>) {
  const planned = planTopics([dlq, source], new Map(Object.entries(actual)));
  return Object.fromEntries(planned.map(({ name, action, differences }) => [name, { action, differences }]));
}

t.test("planTopics() tells missing, same, grown and differing topics", async (t) => {
  t.match(plan({}), { orders: { action: "create" }, "orders.billing.dlq": { action: "create" } });
  t.match(plan({ orders: asDeclared }), { orders: { action: "same", differences: [] } });
  t.match(plan({ orders: { ...asDeclared, partitions: 2 } }), {
    orders: { action: "grow", differences: [{ key: "partitions", actual: "2", declared: "4" }] },
  });
  t.match(plan({ orders: { ...asDeclared, partitions: 8 } }), { orders: { action: "differs" } });
  t.match(plan({ orders: { partitions: 2, config: { "cleanup.policy": "compact" } } }), {
    orders: {
      action: "differs",
      differences: [
        { key: "cleanup.policy", actual: "compact", declared: "delete" },
        { key: "retention.ms", actual: undefined, declared: "-1" },
        { key: "partitions", actual: "2", declared: "4" },
      ],
    },
  });
});

t.test("planTopics() tells retiring from unknown topics and leaves foreign ones out", async (t) => {
  const names = [
    "orders.billing.retry.5s",
    "orders.gone.replay",
    "orders.gone.dlq",
    "orders.old",
    "fleet.old",
    "orders2",
    "payments.billing.dlq",
    "__consumer_offsets",
  ];
  const planned = plan(Object.fromEntries(names.map((name) => [name, asDeclared])));
  t.match(planned, {
    "orders.billing.retry.5s": { action: "retiring" },
    "orders.gone.replay": { action: "retiring" },
    "orders.gone.dlq": { action: "retiring" },
    "orders.old": { action: "unknown" },
    "fleet.old": { action: "unknown" },
  });
  t.same(Object.keys(planned).length, 7, "two declared, five more");
});

t.test("parseDerived() reads the names of derived topics", async (t) => {
  const sources = ["orders", "orders.eu"];
  const cases: readonly [string, unknown][] = [
    ["orders.billing.retry.10s", { kind: "retry", source: "orders", worker: "billing" }],
    ["orders.eu.billing.dlq", { kind: "dlq", source: "orders.eu", worker: "billing" }],
    ["orders.billing.replay", { kind: "replay", source: "orders", worker: "billing" }],
    ["orders.billing.retry.soon", undefined],
    ["orders.billing", undefined],
    ["orders.Billing.dlq", undefined],
    ["orders", undefined],
    ["bills.billing.dlq", undefined],
  ];
  for (const [name, parsed] of cases) t.same(parseDerived(name, sources), parsed, name);
});

t.test(
  "planTopics() leaves a compacted topic, and what is derived from it, the partitions it was made with",
  async (t) => {
    const compact = { "cleanup.policy": "compact" };
    const halls: DeclaredTopic = { ...source, name: "halls", source: "halls", config: compact };
    const declared = [{ ...dlq, name: "halls.billing.dlq", source: "halls" }, halls];
    const [derived, made] = planTopics(declared, new Map([["halls", { partitions: 2, config: compact }]]));
    t.match(made, { name: "halls", action: "same" });
    t.match(derived, { action: "create", declared: { partitions: 2 } });
  },
);
