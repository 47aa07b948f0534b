import type { Worker } from "../../workers/_runtime/mod.ts";
import { needsOf } from "../../workers/_runtime/needs.ts";
import type { Declarations } from "./declarations.ts";
import { graceSeconds, PRE_STOP_SECONDS, shutdownMs } from "./grace.ts";
import { type HttpPort, httpPortOf } from "./http-port.ts";
import { labelsOf, type Manifest } from "./manifest.ts";
import { endpointsOf, HEALTH_URLS } from "./network-policy.ts";
import { podTemplate } from "./pod.ts";

/**
 * What a process takes: idle it has about 105 MB, and what it read ahead of retry topics comes on top
 * (`RETRY_MEMORY`). No limit on CPU: throttling makes heartbeats late.
 */
const RESOURCES = {
  requests: { cpu: "250m", memory: "256Mi" },
  limits: { memory: "512Mi" },
};

/** How long a new pod must be ready before the next one is replaced: its first join disturbs the group. */
export const MIN_READY_SECONDS = 10;

export function deployment(declarations: Declarations, worker: Worker): Manifest {
  const http = httpPortOf(worker.name, declarations.config);
  const drainMs = shutdownMs(worker, declarations.config);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: worker.name, labels: labelsOf(worker.name) },
    spec: {
      selector: { matchLabels: labelsOf(worker.name) },
      minReadySeconds: MIN_READY_SECONDS,
      revisionHistoryLimit: 3,
      strategy: {
        type: "RollingUpdate",
        // A member more would make the group rebalance twice; a service must not have one less.
        rollingUpdate: http ? { maxSurge: 1, maxUnavailable: 0 } : { maxSurge: 0, maxUnavailable: 1 },
      },
      template: podTemplate({
        name: worker.name,
        args: ["run", worker.name],
        needs: needsOf(worker),
        env: {
          SHUTDOWN_DEADLINE: `${drainMs}ms`,
          ...(http && { [http.host]: "0.0.0.0" }),
          ...(endpointsOf(worker).includes(HEALTH_URLS) && { [HEALTH_URLS]: healthUrls(declarations) }),
        },
        graceSeconds: graceSeconds(drainMs, http !== undefined),
        container: containerOf(declarations, http),
        spec: { topologySpreadConstraints: spread(worker.name) },
      }),
    },
  };
}

/** Of the pods behind each worker's own service. */
function healthUrls({ workers, config }: Declarations): string {
  return workers.map(({ name }) => `http://${name}:${config.health.port}`).join(",");
}

function containerOf(
  { config }: Declarations,
  http: HttpPort | undefined,
): Readonly<Record<string, unknown>> {
  return {
    ports: [
      { name: "health", containerPort: config.health.port },
      ...(http ? [{ name: "http", containerPort: http.port }] : []),
    ],
    // From the first instant: the health port is opened before anything else is connected.
    startupProbe: probe("/livez", { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: probe("/livez", { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: probe("/readyz", { periodSeconds: 5, failureThreshold: 2 }),
    ...(http && { lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } } }),
    resources: RESOURCES,
  };
}

function probe(path: string, times: Readonly<Record<string, number>>): Readonly<Record<string, unknown>> {
  return { httpGet: { path, port: "health" }, timeoutSeconds: 3, ...times };
}

function spread(name: string): readonly unknown[] {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labelsOf(name) },
  }));
}

export function serviceAccount(name: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, labels: labelsOf(name) },
    automountServiceAccountToken: false,
  };
}

/** A pod that isn't ready may always be evicted: a stuck one must not hold up the drain of a node. */
export function disruptionBudget(name: string): Manifest {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, labels: labelsOf(name) },
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: labelsOf(name) },
    },
  };
}
