import { EGRESS, FILL_IN, labelsOf, type Manifest } from "../manifest.ts";
import { DNS, endpointsOf } from "../network-policy.ts";
import { at, listAt, textAt, textsAt } from "./fields.ts";
import type { Found, Rule } from "./finding.ts";
import { deployments } from "./fleet-rules.ts";
import { isOurs, ofKind, podMakers, type Scene, titleOf } from "./scene.ts";

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
    find: (scene) =>
      deployments(scene).flatMap(([each, worker]) => {
        const own = policies(scene).find(({ metadata }) => metadata.name === worker.name);
        if (own === undefined)
          return [
            {
              ...{ object: titleOf(each), field: "" },
              message: `no NetworkPolicy '${worker.name}' lets anything out or in`,
              fix: "run 'boxoffice k8s generate'",
            },
          ];
        const rules = textsAt(own, "metadata", "annotations").get(EGRESS)?.split(",") ?? [];
        const count = listAt(own, "spec", "egress").length;
        return [DNS, ...endpointsOf(worker)]
          .filter((endpoint) => !rules.includes(endpoint) || rules.indexOf(endpoint) >= count)
          .map((endpoint) => ({
            ...{ object: titleOf(own), field: "spec.egress" },
            message: `no rule for '${endpoint}', which '${worker.name}' declares`,
            fix: "run 'boxoffice k8s generate'",
          }));
      }),
  },
  {
    id: "egress-undeclared",
    why: "a pod that is taken over could send what it knows to anybody",
    find: (scene) => policies(scene).flatMap((each) => [...openRules(each), ...undeclaredRules(scene, each)]),
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

/** Rules that let out to everybody: no peer, or every address. */
function openRules(policy: Manifest): readonly Found[] {
  return listAt(policy, "spec", "egress").flatMap((rule, i) => {
    const peers = listAt(rule, "to");
    const everybody = peers.some((peer) =>
      /^(0\.0\.0\.0|::)\/0$/.test(textAt(peer, "ipBlock", "cidr") ?? ""),
    );
    if (peers.length > 0 && !everybody) return [];
    return [
      {
        ...{ object: titleOf(policy), field: `spec.egress.${i}` },
        message: peers.length === 0 ? "it names nobody, which is everybody" : "it lets out to every address",
        fix: WHERE,
      },
    ];
  });
}

/** Rules beyond those that follow from the worker's declaration. */
function undeclaredRules(scene: Scene, policy: Manifest): readonly Found[] {
  const worker = scene.declarations.workers.find(({ name }) => name === policy.metadata.name);
  if (worker === undefined || !selects(policy, labelsOf(worker.name))) return [];
  const wanted = 1 + endpointsOf(worker).length;
  const count = listAt(policy, "spec", "egress").length;
  if (count <= wanted) return [];
  return [
    {
      ...{ object: titleOf(policy), field: `spec.egress.${wanted}` },
      message: `${count - wanted} rules more than '${worker.name}' declares endpoints`,
      fix: "declare the endpoint in the worker's permissions.net, then run 'boxoffice k8s generate'",
    },
  ];
}

function selects(policy: Manifest, labels: Readonly<Record<string, string>>): boolean {
  const wanted = textsAt(policy, "spec", "podSelector", "matchLabels");
  return Object.entries(labels).every(([key, value]) => wanted.get(key) === value);
}
