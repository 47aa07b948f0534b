import type { Worker } from "../../workers/_runtime/mod.ts";
import { type Declarations, mostReplicas } from "./declarations.ts";
import { labelsOf, type Manifest } from "./manifest.ts";

/**
 * Records behind a pod to those that it handles at once: lag counts what is being handled, too, so at 1 a healthy pod would
 * ask for another (docs/decisions/scaling-on-lag.md).
 */
const LAG_PER_HANDLER = 2;
/** How often Kubernetes' autoscaler looks. */
const LOOK_SECONDS = 15;
/** Each pod that goes makes the whole group stop and join again: one at a time, and only after five calm minutes. */
export const SCALE_DOWN_SECONDS = 300;
/** Never zero: nobody would fence, time parked records or answer for the group. */
export const MIN_REPLICAS = 1;
/** Of services, so that one may go. */
export const MIN_SERVICE_REPLICAS = 2;
const MAX_SERVICE_REPLICAS = 10;
export const TRIGGER_AUTHENTICATION = "boxoffice-kafka";

/** Scales a worker on the lag of its source topics; never on its retry topics, whose lag is meant to be. */
export function scaledObject(declarations: Declarations, worker: Worker): Manifest {
  const most = mostReplicas(declarations, worker);
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name: worker.name, labels: labelsOf(worker.name) },
    spec: {
      scaleTargetRef: { name: worker.name },
      pollingInterval: 15,
      minReplicaCount: MIN_REPLICAS,
      maxReplicaCount: most,
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: 0,
              // All that are needed at once: each that joins makes the whole group stop, so one change is better than four.
              policies: [{ type: "Pods", value: most, periodSeconds: LOOK_SECONDS }],
            },
            scaleDown: {
              stabilizationWindowSeconds: SCALE_DOWN_SECONDS,
              policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
            },
          },
        },
      },
      triggers: worker.reads.map(({ topic }) => ({
        type: "kafka",
        authenticationRef: { name: TRIGGER_AUTHENTICATION },
        metadata: {
          // Of the pod's own environment: one place to change it.
          bootstrapServersFromEnv: "KAFKA_BROKERS",
          consumerGroup: worker.name,
          topic: topic.name,
          lagThreshold: String(LAG_PER_HANDLER * worker.concurrency),
          offsetResetPolicy: resetPolicyOf(worker),
          // Else lag beyond a pod a partition isn't counted, 12 pods' worth at 11 pods is within the autoscaler's tolerance, and
          // the member with two partitions falls behind for ever. maxReplicaCount is what keeps idle ones away.
          allowIdleConsumers: "true",
        },
      })),
    },
  };
}

/** Where KEDA counts from while the group has committed nothing: where the worker will begin. */
export function resetPolicyOf({ start }: Pick<Worker, "start">): "earliest" | "latest" {
  return start === "beginning" ? "earliest" : "latest";
}

/** Of a service: its load shows in CPU. */
export function cpuAutoscaler(name: string): Manifest {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name, labels: labelsOf(name) },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: MIN_SERVICE_REPLICAS,
      maxReplicas: MAX_SERVICE_REPLICAS,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: SCALE_DOWN_SECONDS,
          policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
        },
      },
    },
  };
}
