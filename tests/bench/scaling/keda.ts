import { at, listAt, numberAt, textAt } from "../../../scripts/k8s/check/fields.ts";
import type { Manifest } from "../../../scripts/k8s/manifest.ts";
import type { AutoscalerRules, Direction, Metric } from "./autoscaler.ts";

/** What a ScaledObject asks for, as far as lag decides. */
export interface Scaling {
  readonly rules: AutoscalerRules;
  readonly triggers: readonly Trigger[];
}

export interface Trigger {
  readonly topic: string;
  readonly lagThreshold: number;
  /** Lag beyond one pod a partition counts, too. */
  readonly allowIdleConsumers: boolean;
}

/** KEDA's own default. */
const DEFAULT_THRESHOLD = 10;
const TOLERANCE = 0.1;
/** What Kubernetes takes for a direction that the object doesn't mention. */
const DEFAULTS: Readonly<Record<"scaleUp" | "scaleDown", Direction>> = {
  scaleUp: {
    windowSeconds: 0,
    select: "Max",
    policies: [
      { type: "Percent", value: 100, periodSeconds: 15 },
      { type: "Pods", value: 4, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    windowSeconds: 300,
    select: "Max",
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
};

/** Reads a ScaledObject, so that what is simulated is what is deployed. @throws {RangeError} when it isn't one on lag */
export function scalingOf(manifest: Manifest): Scaling {
  const triggers = listAt(manifest, "spec", "triggers").flatMap((trigger) => {
    const topic = textAt(trigger, "metadata", "topic");
    if (textAt(trigger, "type") !== "kafka" || topic === undefined) return [];
    const lagThreshold = Number(textAt(trigger, "metadata", "lagThreshold") ?? DEFAULT_THRESHOLD);
    const allowIdleConsumers = textAt(trigger, "metadata", "allowIdleConsumers") === "true";
    return [{ topic, lagThreshold, allowIdleConsumers }];
  });
  if (triggers.length === 0)
    throw new RangeError(
      `Cannot simulate '${manifest.metadata.name}' as none of its triggers is a topic's lag`,
    );
  return {
    rules: {
      min: numberAt(manifest, "spec", "minReplicaCount") ?? 0,
      max: numberAt(manifest, "spec", "maxReplicaCount") ?? 100,
      tolerance: TOLERANCE,
      up: directionOf(manifest, "scaleUp"),
      down: directionOf(manifest, "scaleDown"),
    },
    triggers,
  };
}

function directionOf(manifest: Manifest, name: "scaleUp" | "scaleDown"): Direction {
  const given = at(manifest, "spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", name);
  const { windowSeconds, select, policies } = DEFAULTS[name];
  const own = listAt(given, "policies").flatMap((policy) => {
    const [type, value] = [textAt(policy, "type"), numberAt(policy, "value")];
    const periodSeconds = numberAt(policy, "periodSeconds");
    if ((type !== "Pods" && type !== "Percent") || value === undefined || periodSeconds === undefined)
      return [];
    return [{ type, value, periodSeconds } as const];
  });
  const selected = textAt(given, "selectPolicy");
  return {
    windowSeconds: numberAt(given, "stabilizationWindowSeconds") ?? windowSeconds,
    select: selected === "Min" || selected === "Disabled" ? selected : select,
    policies: own.length > 0 ? own : policies,
  };
}

/**
 * What KEDA's Kafka scaler says of a topic's lag: unless idle consumers are allowed no more than one pod a partition could
 * work at, so that no more are asked for.
 */
export function metricOf(
  lag: number,
  { lagThreshold, allowIdleConsumers }: Pick<Trigger, "lagThreshold" | "allowIdleConsumers">,
  partitions: number,
): Metric {
  const isCapped = !allowIdleConsumers && Math.trunc(lag / lagThreshold) > partitions;
  return { total: isCapped ? partitions * lagThreshold : lag, each: lagThreshold };
}
