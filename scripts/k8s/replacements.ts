import type { Declarations } from "./declarations.ts";
import { httpPortOf } from "./http-port.ts";
import type { Manifest } from "./manifest.ts";
import { EGRESS } from "./manifest.ts";
import {
  endpointName,
  HTTP_CLIENTS,
  jobPolicy,
  namedByOverlay,
  networkPolicy,
  SCRAPERS,
} from "./network-policy.ts";

/** The name of an overlay's NetworkPolicy that says where an endpoint is. */
export function endpointPolicy(endpoint: string): string {
  return `endpoint-${endpointName(endpoint)}`;
}

interface Target {
  readonly policy: string;
  readonly field: string;
}

/**
 * Kustomize replacements that copy each endpoint's rule, which an overlay states once, to every policy that allows it.
 * An endpoint that the overlay leaves out fails its build.
 */
export function endpointReplacements(
  declarations: Declarations,
  jobs: readonly { readonly name: string; readonly needs: readonly string[] }[],
): readonly unknown[] {
  const policies = [
    ...declarations.workers.map((worker) => networkPolicy(declarations, worker)),
    ...jobs.map(({ name, needs }) => jobPolicy(declarations, name, needs)),
  ];
  const egress = Map.groupBy(policies.flatMap(egressTargets), ([endpoint]) => endpoint);
  const services = declarations.workers.filter(({ name }) => httpPortOf(name, declarations.config));
  return [
    ...[...egress].map(([endpoint, targets]) =>
      replacement(
        endpoint,
        "spec.egress.0",
        targets.map(([, target]) => target),
      ),
    ),
    replacement(
      SCRAPERS,
      "spec.ingress.0.from",
      declarations.workers.map(({ name }) => ({ policy: name, field: "spec.ingress.0.from" })),
    ),
    replacement(
      HTTP_CLIENTS,
      "spec.ingress.0.from",
      services.map(({ name }) => ({ policy: name, field: "spec.ingress.2.from" })),
    ),
  ];
}

function egressTargets({ metadata }: Manifest): readonly (readonly [endpoint: string, target: Target])[] {
  const endpoints = metadata.annotations?.[EGRESS]?.split(",") ?? [];
  return endpoints.flatMap((endpoint, i) =>
    namedByOverlay(endpoint)
      ? [[endpoint, { policy: metadata.name, field: `spec.egress.${i}` }] as const]
      : [],
  );
}

function replacement(endpoint: string, fieldPath: string, targets: readonly Target[]): unknown {
  return {
    source: { kind: "NetworkPolicy", name: endpointPolicy(endpoint), fieldPath },
    targets: targets.map(({ policy, field }) => ({
      select: { kind: "NetworkPolicy", name: policy },
      fieldPaths: [field],
    })),
  };
}
