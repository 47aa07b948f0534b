import type { Worker } from "../../../workers/_runtime/mod.ts";
import { mostReplicas } from "../declarations.ts";
import { httpPortOf } from "../http-port.ts";
import type { Manifest } from "../manifest.ts";
import { MIN_REPLICAS, resetPolicyOf, SCALE_DOWN_SECONDS } from "../scaled-object.ts";
import { at, listAt, numberAt, textAt, textsAt } from "./fields.ts";
import type { Found, Rule } from "./finding.ts";
import { deployments } from "./fleet-rules.ts";
import { named, ofKind, type Scene, titleOf } from "./scene.ts";
import { HARMFUL_KEYS, TRIGGER_KEYS } from "./trigger-keys.ts";

export const scalingRules: readonly Rule[] = [
  {
    id: "keda-unknown-key",
    why: "KEDA takes it without a word and uses its default: a lag of 10 a pod, or no topic",
    find: (scene) =>
      kafkaTriggers(scene).flatMap(({ object, field, trigger }) =>
        [...textsAt(trigger, "metadata").keys()]
          .filter((key) => !TRIGGER_KEYS.has(key))
          .map((key) => ({
            ...{ object, field: `${field}.metadata.${key}` },
            message: `KEDA's Kafka scaler knows no '${key}'`,
            fix: "one of its documentation's keys; they are case sensitive",
          })),
      ),
  },
  {
    id: "keda-wrong-trigger",
    why: "it would scale on somebody else's lag, on none, or on a retry topic's, which is meant to be there",
    find: (scene) => scaled(scene).flatMap(([each, worker]) => wrongTriggers(each, worker)),
  },
  {
    id: "replicas-over-partitions",
    why: "the pods too many read nothing, and each that comes or goes stops the whole group",
    find: (scene) =>
      scaled(scene).flatMap(([each, worker]) => {
        const most = mostReplicas(scene.declarations, worker);
        const max = numberAt(each, "spec", "maxReplicaCount") ?? 100;
        if (max <= most) return [];
        return [
          {
            ...{ object: titleOf(each), field: "spec.maxReplicaCount" },
            message: `up to ${max} pods for ${most} partitions`,
            fix: `maxReplicaCount: ${most}, or more partitions (TOPIC_PARTITIONS)`,
          },
        ];
      }),
  },
  {
    id: "scaled-to-zero",
    why: "with no pod nobody times retries, and a worker's parked records wait for ever",
    find: (scene) =>
      scaled(scene).flatMap(([each]) => {
        const min = numberAt(each, "spec", "minReplicaCount") ?? 0;
        const idle = at(each, "spec", "idleReplicaCount");
        if (min >= MIN_REPLICAS && idle === undefined) return [];
        return [
          {
            ...{ object: titleOf(each), field: "spec.minReplicaCount" },
            message: idle === undefined ? `down to ${min} pods` : `down to ${idle} pods when idle`,
            fix: `minReplicaCount: ${MIN_REPLICAS}, no idleReplicaCount`,
          },
        ];
      }),
  },
  {
    id: "scales-down-at-once",
    why: "each pod that leaves stops the whole group: a lag that comes and goes would never be worked off",
    find: (scene) => scaled(scene).flatMap(([each]) => fastScaleDown(each)),
  },
  {
    id: "scaler-of-nobody",
    why: "it scales nothing, and the worker that it was meant for stays as it is",
    find: (scene) => (scene.hasFleet ? scalersOf(scene) : []).flatMap((each) => scalesNobody(scene, each)),
  },
  {
    id: "worker-without-scaler",
    why: "it stays at one pod while all others grow: the whole flow is as slow as that one",
    find: notScaled,
  },
  {
    id: "two-scalers",
    why: "two autoscalers of one Deployment undo each other's work for ever",
    find: twoScalers,
  },
  {
    id: "wrong-scaler",
    why: "a worker's load is its lag, a service's its CPU",
    find: (scene) =>
      scene.declarations.workers.flatMap((worker) => {
        const isService = httpPortOf(worker.name, scene.declarations.config) !== undefined;
        const kind =
          worker.reads.length > 0 ? "HorizontalPodAutoscaler" : isService ? "ScaledObject" : undefined;
        return ofKind(scene, kind ?? "")
          .filter((each) => targetOf(each) === worker.name)
          .map((each) => ({
            ...{ object: titleOf(each), field: "spec.scaleTargetRef" },
            message: `${kind} for '${worker.name}', which ${worker.reads.length > 0 ? "reads topics" : "answers HTTP"}`,
            fix:
              worker.reads.length > 0
                ? "scale it by components/keda"
                : "scale it by its HorizontalPodAutoscaler",
          }));
      }),
  },
];

function targetOf(manifest: Manifest): string | undefined {
  return textAt(manifest, "spec", "scaleTargetRef", "name");
}

/** Sooner than after a calm while, or more than one pod at a time. */
function fastScaleDown(each: Manifest): readonly Found[] {
  const behavior = ["spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown"];
  const found = (field: string, message: string, fix: string): Found => ({
    ...{ object: titleOf(each), field: `${behavior.join(".")}.${field}`, message, fix },
  });
  const seconds = numberAt(each, ...behavior, "stabilizationWindowSeconds");
  const policies = listAt(each, ...behavior, "policies");
  const oneByOne = policies.every(
    (policy) => textAt(policy, "type") === "Pods" && numberAt(policy, "value") === 1,
  );
  return [
    ...(seconds !== undefined && seconds >= SCALE_DOWN_SECONDS
      ? []
      : [found("stabilizationWindowSeconds", `${seconds ?? "not set"}`, `at least ${SCALE_DOWN_SECONDS}`)]),
    ...(policies.length > 0 && oneByOne
      ? []
      : [found("policies", "it may take more than one pod at a time", "one policy: {type: Pods, value: 1}")]),
  ];
}

/** Scaled objects of declared workers that read topics. */
function scaled(scene: Scene) {
  const readers = deployments(scene).filter(([, { reads }]) => reads.length > 0);
  return readers.flatMap(([, worker]) =>
    ofKind(scene, "ScaledObject")
      .filter((each) => targetOf(each) === worker.name)
      .map((each) => [each, worker] as const),
  );
}

function kafkaTriggers(scene: Scene) {
  return ofKind(scene, "ScaledObject").flatMap((each) => triggersOf(each));
}

function triggersOf(each: Manifest) {
  return listAt(each, "spec", "triggers").flatMap((trigger, i) =>
    textAt(trigger, "type") === "kafka"
      ? [{ object: titleOf(each), field: `spec.triggers.${i}`, trigger }]
      : [],
  );
}

/** Where KEDA finds the brokers: one or the other. */
const BOOTSTRAP = ["bootstrapServers", "bootstrapServersFromEnv"];

function wrongTriggers(each: Manifest, worker: Worker): readonly Found[] {
  const triggers = triggersOf(each);
  const topics = new Set(worker.reads.map(({ topic }) => topic.name));
  const missing = [...topics].filter(
    (name) => !triggers.some(({ trigger }) => textAt(trigger, "metadata", "topic") === name),
  );
  return [
    ...missing.map((name) => ({
      ...{ object: titleOf(each), field: "spec.triggers" },
      message: `no trigger looks at '${name}', which '${worker.name}' reads`,
      fix: `a kafka trigger with topic: ${name}`,
    })),
    ...triggers.flatMap(({ object, field, trigger }) => {
      const wanted = new Map([
        ["consumerGroup", worker.name],
        ["offsetResetPolicy", resetPolicyOf(worker)],
        ["allowIdleConsumers", "true"],
      ]);
      const topic = textAt(trigger, "metadata", "topic");
      const wrong: (readonly [key: string, is: string | undefined, wanted: string])[] = [];
      if (topic === undefined || !topics.has(topic)) wrong.push(["topic", topic, [...topics].join(" or ")]);
      for (const [key, value] of wanted) {
        const is = textAt(trigger, "metadata", key);
        if (is !== value) wrong.push([key, is, value]);
      }
      if (BOOTSTRAP.every((key) => textAt(trigger, "metadata", key) === undefined))
        wrong.push(["bootstrapServersFromEnv", undefined, "KAFKA_BROKERS"]);
      const threshold = Number(textAt(trigger, "metadata", "lagThreshold") ?? "0");
      if (!(threshold > 0))
        wrong.push(["lagThreshold", textAt(trigger, "metadata", "lagThreshold"), "a number"]);
      return [
        ...wrong.map(([key, is, value]) => ({
          ...{ object, field: `${field}.metadata.${key}` },
          message: is === undefined ? "it is missing" : `it is '${is}'`,
          fix: `${key}: ${value}`,
        })),
        ...[...HARMFUL_KEYS]
          .filter(([key]) => textAt(trigger, "metadata", key) === "true")
          .map(([key, harm]) => ({
            ...{ object, field: `${field}.metadata.${key}` },
            message: `it is on: ${harm}`,
            fix: "remove it",
          })),
      ];
    }),
  ];
}

function scalersOf(scene: Scene): readonly Manifest[] {
  return [...ofKind(scene, "ScaledObject"), ...ofKind(scene, "HorizontalPodAutoscaler")];
}

function scalesNobody(scene: Scene, each: Manifest): readonly Found[] {
  const target = targetOf(each);
  if (target !== undefined && named(scene, "Deployment", target) !== undefined) return [];
  return [
    {
      ...{ object: titleOf(each), field: "spec.scaleTargetRef.name" },
      message: `there is no Deployment '${target ?? ""}'`,
      fix: "a worker's name",
    },
  ];
}

/** Where a kind of scaler is used at all: an overlay may do without, and then for all. */
function notScaled(scene: Scene): readonly Found[] {
  return deployments(scene).flatMap(([each, { name, reads }]) => {
    const kind = reads.length > 0 ? "ScaledObject" : "HorizontalPodAutoscaler";
    const isService = httpPortOf(name, scene.declarations.config) !== undefined;
    const needsOne = ofKind(scene, kind).length > 0 && (reads.length > 0 || isService);
    if (!needsOne || scalersOf(scene).some((scaler) => targetOf(scaler) === name)) return [];
    return [
      {
        ...{ object: titleOf(each), field: "" },
        message: `no ${kind} scales it, and others are scaled`,
        fix: "run 'boxoffice k8s generate'",
      },
    ];
  });
}

function twoScalers(scene: Scene): readonly Found[] {
  return [...Map.groupBy(scalersOf(scene), targetOf)].flatMap(([target, all]) =>
    all.length < 2 || target === undefined
      ? []
      : [
          {
            ...{ object: `Deployment/${target}`, field: "" },
            message: `scaled by ${all.map(titleOf).join(" and ")}`,
            fix: "remove one",
          },
        ],
  );
}
