import { at, listAt, textsAt } from "../../../scripts/k8s/check/fields.ts";
import type { Manifest } from "../../../scripts/k8s/manifest.ts";
import { matches, type Pod } from "./pods.ts";

/** A connection that NetworkPolicies let through. */
export interface Flow {
  readonly from: Pod;
  readonly to: Pod;
  readonly port: number;
}

/** Every connection between pods of one namespace that the sender's policies let out and the receiver's let in. */
export function flowsOf(
  objects: readonly Manifest[],
  pods: readonly Pod[],
  namespace: string,
): readonly Flow[] {
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
  const of = (pod: Pod, type: "Egress" | "Ingress") =>
    policies.filter(
      (each) =>
        matches(textsAt(each, "spec", "podSelector", "matchLabels"), pod.labels) &&
        listAt(each, "spec", "policyTypes").includes(type),
    );
  const lets = (all: readonly Manifest[], rules: string, peers: string, peer: Pod, to: Pod, port: number) =>
    // A pod that no policy selects is free.
    all.length === 0 ||
    all
      .flatMap((each) => listAt(each, "spec", rules))
      .some(
        (rule) =>
          isAmong(listAt(rule, peers), (each) => isPeer(each, peer, namespace)) &&
          isAmong(listAt(rule, "ports"), (each) => portOf(at(each, "port"), to) === port),
      );
  return pods.flatMap((from) =>
    pods
      .filter((to) => to !== from)
      .flatMap((to) =>
        [...to.ports.values()]
          .filter(
            (port) =>
              lets(of(from, "Egress"), "egress", "to", to, to, port) &&
              lets(of(to, "Ingress"), "ingress", "from", from, to, port),
          )
          .map((port) => ({ from, to, port })),
      ),
  );
}

/** An empty list stands for everybody. */
function isAmong(list: readonly unknown[], test: (each: unknown) => boolean): boolean {
  return list.length === 0 || list.some(test);
}

function isPeer(peer: unknown, { labels }: Pod, namespace: string): boolean {
  // Addresses outside of the cluster are no pod's.
  if (at(peer, "ipBlock") !== undefined) return false;
  const home = new Map([["kubernetes.io/metadata.name", namespace]]);
  return (
    (at(peer, "namespaceSelector") === undefined ||
      matches(textsAt(peer, "namespaceSelector", "matchLabels"), home)) &&
    matches(textsAt(peer, "podSelector", "matchLabels"), labels)
  );
}

function portOf(port: unknown, { ports }: Pod): number | undefined {
  return typeof port === "string" ? ports.get(port) : Number(port);
}
