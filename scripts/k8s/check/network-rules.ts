import { JOB_NEEDS } from "../jobs.ts";
import { EGRESS, FILL_IN, type Manifest } from "../manifest.ts";
import { DNS, endpointsOf } from "../network-policy.ts";
import { at, listAt, textAt, textsAt } from "./fields.ts";
import type { Found, Rule } from "./finding.ts";
import { isOurs, ofKind, podMakers, type Scene, titleOf } from "./scene.ts";
import { selectsLabels } from "./selector.ts";

const WHERE =
  "a NetworkPolicy 'endpoint-…' of the overlay's endpoints.yaml says where it is: pods by labels, or a CIDR";

export const networkRules: readonly Rule[] = [
  {
    id: "endpoint-unnamed",
    why: "the policy selects nothing: the pod can't reach what it needs",
    find: (scene) =>
      policies(scene).flatMap((each) =>
        peersOf(each)
          .filter(({ peer }) => at(peer, "podSelector", "matchLabels", FILL_IN) !== undefined)
          .map(({ field, peer }) => ({
            ...{ object: titleOf(each), field },
            message: `'${textAt(peer, "podSelector", "matchLabels", FILL_IN)}' is named by no selector or CIDR`,
            fix: WHERE,
          })),
      ),
  },
  {
    id: "endpoint-missing",
    why: "what the worker declares to reach is cut off",
    find: (scene) => podMakers(scene).flatMap((each) => missingEndpoints(scene, each)),
  },
  {
    id: "egress-undeclared",
    why: "a pod that is taken over could send what it knows to anybody",
    find: (scene) =>
      onOurPods(scene).flatMap((each) => [
        ...openRules(each, "egress", "to"),
        ...undeclaredRules(scene, each),
      ]),
  },
  {
    id: "ingress-open",
    why: "anybody in the cluster could read how much is sold, or call intake as any client",
    find: (scene) => onOurPods(scene).flatMap((each) => openRules(each, "ingress", "from")),
  },
  {
    id: "pods-without-policy",
    why: "pods that no policy selects may reach, and be reached by, everything",
    find: (scene) => {
      const denies = ofKind(scene, "NetworkPolicy").some(
        (each) =>
          Object.keys(at(each, "spec", "podSelector") ?? { all: false }).length === 0 &&
          listAt(each, "spec", "policyTypes").includes("Egress") &&
          listAt(each, "spec", "policyTypes").includes("Ingress") &&
          listAt(each, "spec", "egress").length === 0,
      );
      return denies || podMakers(scene).length === 0
        ? []
        : [
            {
              ...{ object: "", field: "" },
              message: "no NetworkPolicy denies what no other allows",
              fix: "include ../../base, which has 'deny-all'",
            },
          ];
    },
  },
];

function policies(scene: Scene): readonly Manifest[] {
  return ofKind(scene, "NetworkPolicy").filter(isOurs);
}

function peersOf(policy: Manifest) {
  const of = (direction: string, peers: string) =>
    listAt(policy, "spec", direction).flatMap((rule, i) =>
      listAt(rule, peers).map((peer, k) => ({ field: `spec.${direction}.${i}.${peers}.${k}`, peer })),
    );
  return [...of("egress", "to"), ...of("ingress", "from")];
}

/** Policies add up, whoever wrote them: all that select a pod of ours. */
function onOurPods(scene: Scene): readonly Manifest[] {
  const pods = podMakers(scene).map((each) => ({
    namespace: each.metadata.namespace,
    labels: textsAt(each, "spec", "template", "metadata", "labels"),
  }));
  return ofKind(scene, "NetworkPolicy").filter((policy) =>
    pods.some(
      ({ namespace, labels }) =>
        namespace === policy.metadata.namespace && selectsLabels(at(policy, "spec", "podSelector"), labels),
    ),
  );
}

/** What a worker declares to reach, or a job needs to; undefined of anything else. */
function endpointsNeededBy(scene: Scene, name: string): readonly string[] | undefined {
  const worker = scene.declarations.workers.find((each) => each.name === name);
  if (worker !== undefined) return endpointsOf(worker);
  return Object.entries(JOB_NEEDS).find(([job]) => job === name)?.[1];
}

function missingEndpoints(scene: Scene, pods: Manifest): readonly Found[] {
  const { name } = pods.metadata;
  const needed = endpointsNeededBy(scene, name);
  if (needed === undefined) return [];
  const own = policies(scene).find(({ metadata }) => metadata.name === name);
  if (own === undefined)
    return [
      {
        ...{ object: titleOf(pods), field: "" },
        message: `no NetworkPolicy '${name}' lets anything out or in`,
        fix: "run 'boxoffice k8s generate'",
      },
    ];
  const rules = namedRules(own);
  const count = listAt(own, "spec", "egress").length;
  return [DNS, ...needed]
    .filter((endpoint) => !rules.includes(endpoint) || rules.indexOf(endpoint) >= count)
    .map((endpoint) => ({
      ...{ object: titleOf(own), field: "spec.egress" },
      message: `no rule for '${endpoint}', which '${name}' declares`,
      fix: "run 'boxoffice k8s generate'",
    }));
}

/** What each egress rule is for, as the policy says itself. */
function namedRules(policy: Manifest): readonly string[] {
  return textsAt(policy, "metadata", "annotations").get(EGRESS)?.split(",") ?? [];
}

/** Rules that let out, or in, everybody: no peer, every address, every pod of the cluster. */
function openRules(policy: Manifest, direction: string, peersField: string): readonly Found[] {
  return listAt(policy, "spec", direction).flatMap((rule, i) => {
    const peers = listAt(rule, peersField);
    const found = (message: string): Found => ({
      ...{ object: titleOf(policy), field: `spec.${direction}.${i}`, message, fix: WHERE },
    });
    if (peers.length === 0) return [found("it names nobody, which is everybody")];
    if (peers.some(isEveryAddress)) return [found("it names every address")];
    return peers.some(isWholeCluster) ? [found("it names every pod of every namespace")] : [];
  });
}

function isEveryAddress(peer: unknown): boolean {
  return /^(0\.0\.0\.0|::)\/0$/.test(textAt(peer, "ipBlock", "cidr") ?? "");
}

function isWholeCluster(peer: unknown): boolean {
  const namespaces = at(peer, "namespaceSelector");
  const pods = at(peer, "podSelector");
  return (
    namespaces !== undefined &&
    selectsLabels(namespaces, new Map()) &&
    (pods === undefined || selectsLabels(pods, new Map()))
  );
}

/** Rules beyond those that follow from a declaration; of a policy that is nobody's own, beyond those it names. */
function undeclaredRules(scene: Scene, policy: Manifest): readonly Found[] {
  const { name } = policy.metadata;
  const needed = endpointsNeededBy(scene, name);
  const wanted = needed === undefined ? namedRules(policy).length : 1 + needed.length;
  const count = listAt(policy, "spec", "egress").length;
  if (count <= wanted) return [];
  return [
    {
      ...{ object: titleOf(policy), field: `spec.egress.${wanted}` },
      message: `${count - wanted} rules more than ${needed === undefined ? `its annotation ${EGRESS} names` : `'${name}' declares endpoints`}`,
      fix: "declare the endpoint in the worker's permissions.net, then run 'boxoffice k8s generate'",
    },
  ];
}
