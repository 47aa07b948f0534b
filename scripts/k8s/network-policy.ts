import type { Worker } from "../../workers/_runtime/mod.ts";
import { needsOf } from "../../workers/_runtime/needs.ts";
import type { Declarations } from "./declarations.ts";
import { httpPortOf } from "./http-port.ts";
import { EGRESS, FILL_IN, FLEET, labelsOf, type Manifest, PART_OF } from "./manifest.ts";

export const DNS = "DNS";
export const HEALTH_URLS = "CONSOLE_HEALTH_URLS";
/** Who may call health ports and services: named by the overlay, too. */
export const SCRAPERS = "scrapers";
export const HTTP_CLIENTS = "http-clients";

/** What a worker may open sockets to, by the settings' names, in the order of its egress rules. */
export function endpointsOf({ permissions }: Pick<Worker, "permissions">): readonly string[] {
  return [...needsOf({ permissions }), ...(permissions.netIfSet ?? [])];
}

/** Of those, the ones that only an overlay knows. */
export function namedByOverlay(endpoint: string): boolean {
  return endpoint !== DNS && endpoint !== HEALTH_URLS;
}

/** As a name of Kubernetes: `REDIS_URL` is `redis-url`. */
export function endpointName(endpoint: string): string {
  return endpoint.toLowerCase().replaceAll("_", "-");
}

/** Nothing goes in or out but what another policy allows. */
export function denyAll(): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "deny-all", labels: labelsOf("deny-all") },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  };
}

/** Of one worker: in to its ports, out to names, brokers, the registry and what it declares. */
export function networkPolicy({ config }: Declarations, worker: Worker): Manifest {
  const http = httpPortOf(worker.name, config);
  const health = [{ protocol: "TCP", port: config.health.port }];
  return policy(worker.name, endpointsOf(worker), config.health.port, [
    { from: [peerToFillIn(SCRAPERS)], ports: health },
    { from: [{ podSelector: { matchLabels: labelsOf("console") } }], ports: health },
    ...(http ? [{ from: [peerToFillIn(HTTP_CLIENTS)], ports: [{ protocol: "TCP", port: http.port }] }] : []),
  ]);
}

/** Of a job: nobody calls it. */
export function jobPolicy({ config }: Declarations, name: string, needs: readonly string[]): Manifest {
  return policy(name, needs, config.health.port, []);
}

function policy(
  name: string,
  endpoints: readonly string[],
  healthPort: number,
  ingress: readonly unknown[],
): Manifest {
  const all = [DNS, ...endpoints];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, labels: labelsOf(name), annotations: { [EGRESS]: all.join(",") } },
    spec: {
      podSelector: { matchLabels: labelsOf(name) },
      policyTypes: ["Ingress", "Egress"],
      ingress,
      egress: all.map((endpoint) => egressOf(endpoint, healthPort)),
    },
  };
}

function egressOf(endpoint: string, healthPort: number): Readonly<Record<string, unknown>> {
  if (endpoint === DNS) return DNS_RULE;
  if (endpoint === HEALTH_URLS)
    return {
      to: [{ podSelector: { matchLabels: { [PART_OF]: FLEET } } }],
      ports: [{ protocol: "TCP", port: healthPort }],
    };
  return { to: [peerToFillIn(endpoint)] };
}

const DNS_RULE = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** Selects no pod until an overlay replaces it: an unfinished overlay denies, it doesn't allow. */
function peerToFillIn(endpoint: string): Readonly<Record<string, unknown>> {
  return { podSelector: { matchLabels: { [FILL_IN]: endpointName(endpoint) } } };
}
