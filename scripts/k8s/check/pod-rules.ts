import type { Manifest } from "../manifest.ts";
import { at, listAt, numberAt, textAt, textsAt } from "./fields.ts";
import type { Found, Rule } from "./finding.ts";
import { containersOf, podOf } from "./pods.ts";
import { everyPodMaker, isOurs, named, ofKind, podMakers, type Scene, titleOf } from "./scene.ts";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** Of every pod, whoever's it is. */
export const podRules: readonly Rule[] = [
  {
    id: "pod-security",
    why: "the namespace enforces 'restricted': such a pod is never started",
    find: (scene) => everyPodMaker(scene).flatMap(unsafe),
  },
  {
    id: "namespace-unrestricted",
    why: "Kubernetes would start there what the checks here would have refused",
    find: (scene) =>
      ofKind(scene, "Namespace")
        .filter((each) => textsAt(each, "metadata", "labels").get(ENFORCE) !== "restricted")
        .map((each) => ({
          ...{ object: titleOf(each), field: "metadata.labels" },
          message: `${ENFORCE} is ${textsAt(each, "metadata", "labels").get(ENFORCE) ?? "missing"}`,
          fix: `${ENFORCE}: restricted`,
        })),
  },
  {
    id: "token-mounted",
    why: "no worker talks to Kubernetes; who takes one over could",
    find: (scene) =>
      everyPodMaker(scene).flatMap((each) => {
        const account = named(
          scene,
          "ServiceAccount",
          textAt(podOf(each), "serviceAccountName") ?? "default",
        );
        const own = at(podOf(each), "automountServiceAccountToken");
        if ((own ?? at(account, "automountServiceAccountToken")) === false) return [];
        return [
          {
            ...{ object: titleOf(each), field: "spec.template.spec.automountServiceAccountToken" },
            message: "the service account's token is mounted",
            fix: "automountServiceAccountToken: false",
          },
        ];
      }),
  },
  {
    id: "no-resources",
    why: "without a request it is put on a full node, without a limit of memory one leak takes the node's other pods along",
    find: (scene) =>
      everyPodMaker(scene).flatMap((each) =>
        containersOf(each).flatMap(([field, container]) =>
          [["requests", "cpu"] as const, ["requests", "memory"] as const, ["limits", "memory"] as const]
            .filter(([kind, what]) => at(container, "resources", kind, what) === undefined)
            .map(([kind, what]) => ({
              ...{ object: titleOf(each), field: `${field}.resources.${kind}.${what}` },
              message: "it is missing",
              fix: "as in the base",
            })),
        ),
      ),
  },
  {
    id: "floating-image",
    why: "two pods of one Deployment could run two builds, and nobody could go back",
    find: (scene) =>
      everyPodMaker(scene).flatMap((each) =>
        containersOf(each).flatMap(([field, container]) => {
          const image = textAt(container, "image") ?? "";
          const name = image.split("/").at(-1) ?? "";
          if (image.includes("@sha256:") || (name.includes(":") && !name.endsWith(":latest"))) return [];
          return [
            {
              ...{ object: titleOf(each), field: `${field}.image` },
              message: `'${image}' is whatever was pushed last`,
              fix: "a version or a digest: images.newTag or images.digest in the overlay's kustomization.yaml",
            },
          ];
        }),
      ),
  },
  {
    id: "no-disruption-budget",
    why: "draining nodes could take all pods of a worker at once",
    find: (scene) =>
      ofKind(scene, "Deployment")
        .filter((each) => podMakers(scene).includes(each) && budgetOf(scene, each) === undefined)
        .map((each) => ({
          ...{ object: titleOf(each), field: "" },
          message: "no PodDisruptionBudget selects its pods",
          fix: "run 'boxoffice k8s generate'",
        })),
  },
  {
    id: "budget-blocks-drains",
    why: "a node with such a pod can't be drained: the cluster's upgrade waits for somebody to notice",
    find: (scene) =>
      ofKind(scene, "PodDisruptionBudget").flatMap((each) => {
        const max = at(each, "spec", "maxUnavailable");
        const blocks =
          max === undefined
            ? at(each, "spec", "minAvailable") !== undefined
            : ["0", "0%"].includes(String(max));
        const policy = textAt(each, "spec", "unhealthyPodEvictionPolicy");
        if (!blocks && policy === "AlwaysAllow") return [];
        return [
          {
            ...{ object: titleOf(each), field: blocks ? "spec" : "spec.unhealthyPodEvictionPolicy" },
            message: blocks
              ? "it may forbid every eviction"
              : `it is ${policy ?? "IfHealthyBudget"}: a pod that hangs is never evicted`,
            fix: "maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow",
          },
        ];
      }),
  },
  {
    id: "job-without-end",
    why: "a job that hangs holds up every later rollout, one that ended stays for ever",
    find: (scene) =>
      ofKind(scene, "Job").flatMap((each) =>
        ["activeDeadlineSeconds", "ttlSecondsAfterFinished", "backoffLimit"]
          .filter((field) => numberAt(each, "spec", field) === undefined)
          .map((field) => ({
            ...{ object: titleOf(each), field: `spec.${field}` },
            message: "it is missing",
            fix: "as in k8s/jobs",
          })),
      ),
  },
];

function budgetOf(scene: Scene, deployment: Manifest): Manifest | undefined {
  const labels = at(deployment, "spec", "template", "metadata", "labels");
  return ofKind(scene, "PodDisruptionBudget").find((each) => {
    const wanted = Object.entries(at(each, "spec", "selector", "matchLabels") ?? {});
    return wanted.length > 0 && wanted.every(([key, value]) => at(labels, key) === value);
  });
}

/** Against the level 'restricted', https://kubernetes.io/docs/concepts/security/pod-security-standards/, and a read-only root. */
function unsafe(each: Manifest): readonly Found[] {
  const object = titleOf(each);
  const pod = podOf(each);
  const onPod = (field: string, fix: string, ok: boolean): Found[] =>
    ok
      ? []
      : [
          {
            object,
            field: `spec.template.spec.${field}`,
            message: `it is ${said(at(pod, ...field.split(".")))}`,
            fix,
          },
        ];
  return [
    ...["hostNetwork", "hostPID", "hostIPC"].flatMap((field) =>
      onPod(field, "remove it", at(pod, field) !== true),
    ),
    ...listAt(pod, "volumes").flatMap((volume, i) =>
      onPod(`volumes.${i}`, `one of ${[...VOLUMES].join(", ")}`, isRestrictedVolume(volume)),
    ),
    ...onPod("securityContext.sysctls", "remove it", listAt(pod, "securityContext", "sysctls").length === 0),
    ...containersOf(each).flatMap(([place, container]) => {
      const of = (field: string) =>
        at(container, "securityContext", ...field.split(".")) ??
        at(pod, "securityContext", ...field.split("."));
      const must = (field: string, value: unknown, ok = of(field) === value): Found[] =>
        ok
          ? []
          : [
              {
                ...{ object, field: `${place}.securityContext.${field}` },
                message: `it is ${said(of(field))}`,
                fix: `${field}: ${said(value)}`,
              },
            ];
      return [
        ...must("runAsNonRoot", true),
        ...must("runAsUser", 65_532, of("runAsUser") !== 0),
        ...must("allowPrivilegeEscalation", false),
        ...must("privileged", false, of("privileged") !== true),
        ...must("procMount", "Default", ["Default", undefined].includes(textAt(of("procMount")))),
        ...hostPorts(container).map((port) => ({
          ...{ object, field: `${place}.ports` },
          message: `it takes port ${port} of its node`,
          fix: "no hostPort: a Service finds it",
        })),
        // Not part of 'restricted': others' images may need to write.
        ...must("readOnlyRootFilesystem", true, of("readOnlyRootFilesystem") === true || !isOurs(each)),
        ...must(
          "capabilities.drop",
          ["ALL"],
          listAt(container, "securityContext", "capabilities", "drop").includes("ALL"),
        ),
        ...must(
          "capabilities.add",
          [],
          listAt(container, "securityContext", "capabilities", "add").length === 0,
        ),
        ...must("seccompProfile.type", "RuntimeDefault"),
      ];
    }),
  ];
}

/** Kinds of volume that the level 'restricted' has; an empty directory is what a volume without a kind is. */
const VOLUMES: ReadonlySet<string> = new Set([
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"],
  ...["persistentVolumeClaim", "projected", "secret"],
]);

function isRestrictedVolume(volume: unknown): boolean {
  return Object.keys(Object(volume)).every((key) => key === "name" || VOLUMES.has(key));
}

function hostPorts(container: unknown): readonly number[] {
  return listAt(container, "ports").flatMap((port) => numberAt(port, "hostPort") ?? []);
}

function said(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
