import { labelsOf, type Manifest } from "./manifest.ts";

/** Where a service is found before an overlay says where: a name that never resolves. */
export function hostOf(name: string): string {
  return `${name}.boxoffice.example`;
}

/** Where a worker's pods are found: its health port by each pod's address, HTTP by one address for all. */
export function service(name: string, healthPort: number, isHttp: boolean): Manifest {
  const health = { name: "health", port: healthPort, targetPort: "health" };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels: labelsOf(name) },
    spec: {
      ...(!isHttp && { clusterIP: "None" }),
      selector: labelsOf(name),
      ports: [...(isHttp ? [{ name: "http", port: 80, targetPort: "http" }] : []), health],
    },
  };
}

export function ingress(name: string): Manifest {
  const backend = { service: { name, port: { name: "http" } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, labels: labelsOf(name) },
    spec: {
      rules: [{ host: hostOf(name), http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      tls: [{ hosts: [hostOf(name)], secretName: `${name}-tls` }],
    },
  };
}

export function httpRoute(name: string): Manifest {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name, labels: labelsOf(name) },
    spec: {
      parentRefs: [{ name: "boxoffice" }],
      hostnames: [hostOf(name)],
      rules: [{ backendRefs: [{ name, port: 80 }] }],
    },
  };
}

/** Has Prometheus read a worker's metrics. */
export function podMonitor(name: string): Manifest {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: { name, labels: labelsOf(name) },
    spec: {
      selector: { matchLabels: labelsOf(name) },
      podMetricsEndpoints: [{ port: "health", path: "/metrics", interval: "15s" }],
    },
  };
}
