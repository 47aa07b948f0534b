import t from "tap";
import { listAt, numberAt, textAt } from "../../../scripts/k8s/check/fields.ts";
import { declarationsOf, loadDeclarations } from "../../../scripts/k8s/declarations.ts";
import { scaledObject } from "../../../scripts/k8s/scaled-object.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { Note, noteTopic } from "../../_support/fleet.ts";

t.test("scaledObject() lets a pod fall behind by twice what it handles at once", async (t) => {
  const worker = (concurrency: number) =>
    defineWorker({ name: "noted", reads: [from(noteTopic("notes", 6), Note)], concurrency, handle() {} });
  for (const concurrency of [16, 64]) {
    const each = worker(concurrency);
    const [trigger] = listAt(scaledObject(declarationsOf([each]), each), "spec", "triggers");
    t.equal(textAt(trigger, "metadata", "lagThreshold"), String(2 * concurrency));
  }
});

t.test("scaledObject() counts from where the worker will begin", async (t) => {
  for (const [start, policy] of [
    ["beginning", "earliest"],
    ["now", "latest"],
  ] as const) {
    const each = defineWorker({
      name: "noted",
      reads: [from(noteTopic("notes", 6), Note)],
      start,
      handle() {},
    });
    const [trigger] = listAt(scaledObject(declarationsOf([each]), each), "spec", "triggers");
    t.equal(textAt(trigger, "metadata", "offsetResetPolicy"), policy);
  }
});

t.test(
  "scaledObject() may order all pods that partitions allow at one look: one stop of the group, not four",
  async (t) => {
    const declarations = await loadDeclarations();
    for (const worker of declarations.workers.filter(({ reads }) => reads.length > 0)) {
      const manifest = scaledObject(declarations, worker);
      const behavior = ["spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleUp"];
      const [policy] = listAt(manifest, ...behavior, "policies");
      t.equal(textAt(policy, "type"), "Pods");
      t.equal(numberAt(policy, "value"), numberAt(manifest, "spec", "maxReplicaCount"));
      t.equal(numberAt(manifest, ...behavior, "stabilizationWindowSeconds"), 0);
    }
  },
);

t.test(
  "scaledObject() has all lag counted, or the tolerance would leave 11 pods at 12 partitions",
  async (t) => {
    const declarations = await loadDeclarations();
    for (const worker of declarations.workers.filter(({ reads }) => reads.length > 0))
      for (const trigger of listAt(scaledObject(declarations, worker), "spec", "triggers"))
        t.equal(textAt(trigger, "metadata", "allowIdleConsumers"), "true");
  },
);
