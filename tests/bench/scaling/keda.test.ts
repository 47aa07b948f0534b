import t from "tap";
import { loadDeclarations, mostReplicas } from "../../../scripts/k8s/declarations.ts";
import { scaledObject } from "../../../scripts/k8s/scaled-object.ts";
import { metricOf, scalingOf } from "./keda.ts";

const base = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", metadata: { name: "payment" } };
const trigger = (metadata: object) => ({ type: "kafka", metadata: { topic: "reservations", ...metadata } });

t.test(
  "metricOf() counts no more lag than one pod a partition could have, unless idle ones are allowed",
  async (t) => {
    const capped = { lagThreshold: 500, allowIdleConsumers: false };
    t.same(metricOf(700, capped, 12), { total: 700, each: 500 });
    t.same(metricOf(6_000, capped, 12), { total: 6_000, each: 500 });
    t.same(metricOf(6_499, capped, 12), { total: 6_499, each: 500 }, "12 whole thresholds, and a part");
    t.same(metricOf(6_500, capped, 12), { total: 6_000, each: 500 });
    t.same(metricOf(1_000_000, { ...capped, allowIdleConsumers: true }, 12), { total: 1_000_000, each: 500 });
  },
);

t.test("scalingOf() reads what is generated, each trigger and both directions", async (t) => {
  const declarations = await loadDeclarations();
  for (const worker of declarations.workers.filter(({ reads }) => reads.length > 0)) {
    const { rules, triggers } = scalingOf(scaledObject(declarations, worker));
    t.equal(rules.max, mostReplicas(declarations, worker));
    t.equal(rules.min, 1);
    t.equal(rules.down.windowSeconds, 300);
    t.same(rules.down.policies, [{ type: "Pods", value: 1, periodSeconds: 60 }]);
    t.same(
      triggers.map(({ topic }) => topic),
      worker.reads.map(({ topic }) => topic.name),
    );
  }
});

t.test("scalingOf() takes Kubernetes' and KEDA's defaults for what isn't said", async (t) => {
  const { rules, triggers } = scalingOf({ ...base, spec: { triggers: [trigger({ lagTreshold: "500" })] } });
  const none = { topic: "reservations", lagThreshold: 10, allowIdleConsumers: false };
  t.same(triggers, [none], "a misspelt key is none");
  t.match(rules, { min: 0, max: 100, tolerance: 0.1 });
  t.match(rules.up, { windowSeconds: 0, select: "Max" });
  t.same(rules.up.policies, [
    { type: "Percent", value: 100, periodSeconds: 15 },
    { type: "Pods", value: 4, periodSeconds: 15 },
  ]);
  t.match(rules.down, { windowSeconds: 300, policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] });
});

t.test("scalingOf() refuses what has no topic's lag to scale on", async (t) => {
  t.throws(() => scalingOf({ ...base, spec: { triggers: [{ type: "cron", metadata: {} }] } }), /'payment'/);
});
