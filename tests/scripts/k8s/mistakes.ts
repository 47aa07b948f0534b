import type { Manifest } from "../../../scripts/k8s/manifest.ts";

export interface Mistake {
  readonly what: string;
  /** Of the rule that must find it, and no other. */
  readonly rule: string;
  readonly sow: (objects: Objects) => void;
}

type Json = Record<string, unknown>;

/** Manifests that may be spoilt. */
export class Objects {
  readonly all: Manifest[];

  constructor(all: readonly Manifest[]) {
    this.all = structuredClone([...all]);
  }

  of(kind: string, name: string): Manifest {
    const found = this.all.find((each) => each.kind === kind && each.metadata.name === name);
    if (found === undefined) throw new Error(`no ${kind}/${name}`);
    return found;
  }

  remove(kind: string, name: string): void {
    this.all.splice(this.all.indexOf(this.of(kind, name)), 1);
  }

  /** Undefined removes it. */
  set(kind: string, name: string, path: string, value: unknown): void {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let here: unknown = this.of(kind, name);
    for (const step of steps) here = Object(here)[step];
    if (value === undefined) delete Object(here)[last];
    else Object(here)[last] = value;
  }

  add(object: Json): void {
    // What a person wrote, checked as such.
    this.all.push(object as unknown as Manifest);
  }
}

const POD = "spec.template.spec";
const MAIN = `${POD}.containers.0`;

const copyOf = (objects: Objects, kind: string, name: string, other: string) =>
  objects.add({
    ...structuredClone(objects.of(kind, name)),
    metadata: { ...objects.of(kind, name).metadata, name: other },
  });

const aclsOf = (objects: Objects, user: string): { resource: Json; operations: string[] }[] =>
  Object(objects.of("KafkaUser", user)).spec.authorization.acls;

const egressOf = (objects: Objects, policy: string): unknown[] =>
  Object(objects.of("NetworkPolicy", policy)).spec.egress;

/** As people make them in overlays and patches, one each. */
export const MISTAKES: readonly Mistake[] = [
  {
    what: "a worker without a manifest",
    rule: "worker-without-manifest",
    sow: (o) => {
      for (const kind of ["Deployment", "Service", "PodDisruptionBudget"]) o.remove(kind, "expiry");
      o.remove("ScaledObject", "expiry");
    },
  },
  {
    what: "a manifest of a worker that is gone",
    rule: "manifest-without-worker",
    sow: (o) => {
      copyOf(o, "Deployment", "payment", "billing");
      o.set("Deployment", "billing", "metadata.labels", {
        "app.kubernetes.io/name": "billing",
        "app.kubernetes.io/part-of": "boxoffice",
      });
    },
  },
  {
    what: "another worker's command",
    rule: "wrong-command",
    sow: (o) => o.set("Deployment", "payment", `${MAIN}.args`, ["run", "expiry"]),
  },
  {
    what: "a grace period below the handler's timeout",
    rule: "grace-below-timeout",
    sow: (o) => o.set("Deployment", "payment", `${POD}.terminationGracePeriodSeconds`, 20),
  },
  {
    what: "a shutdown deadline below the handler's timeout",
    rule: "grace-below-timeout",
    sow: (o) => {
      const env: { name: string; value?: string }[] = Object(o.of("Deployment", "payment")).spec.template.spec
        .containers[0].env;
      const deadline = env.find(({ name }) => name === "SHUTDOWN_DEADLINE");
      if (deadline) deadline.value = "5s";
    },
  },
  {
    what: "more replicas than partitions",
    rule: "replicas-over-partitions",
    sow: (o) => o.set("Deployment", "payment", "spec.replicas", 50),
  },
  {
    what: "a rollout that surges",
    rule: "rollout-surges",
    sow: (o) => o.set("Deployment", "payment", "spec.strategy.rollingUpdate.maxSurge", 1),
  },
  {
    what: "a rollout that takes half of the pods at once",
    rule: "rollout-in-a-rush",
    sow: (o) => o.set("Deployment", "payment", "spec.strategy.rollingUpdate.maxUnavailable", "50%"),
  },
  {
    what: "a rollout that doesn't wait",
    rule: "rollout-in-a-rush",
    sow: (o) => o.set("Deployment", "payment", "spec.minReadySeconds", undefined),
  },
  {
    what: "liveness that asks for readiness",
    rule: "wrong-probe",
    sow: (o) => o.set("Deployment", "payment", `${MAIN}.livenessProbe.httpGet.path`, "/readyz"),
  },
  {
    what: "a typing error in a KEDA key",
    rule: "keda-unknown-key",
    sow: (o) => o.set("ScaledObject", "payment", "spec.triggers.0.metadata.lagTreshold", "500"),
  },
  {
    what: "KEDA on another group",
    rule: "keda-wrong-trigger",
    sow: (o) => o.set("ScaledObject", "payment", "spec.triggers.0.metadata.consumerGroup", "payments"),
  },
  {
    what: "KEDA on a retry topic",
    rule: "keda-wrong-trigger",
    sow: (o) =>
      o.set("ScaledObject", "payment", "spec.triggers.0.metadata.topic", "reservations.payment.retry.1m"),
  },
  {
    what: "KEDA from another offset",
    rule: "keda-wrong-trigger",
    sow: (o) => o.set("ScaledObject", "payment", "spec.triggers.0.metadata.offsetResetPolicy", undefined),
  },
  {
    what: "at most more pods than partitions",
    rule: "replicas-over-partitions",
    sow: (o) => o.set("ScaledObject", "payment", "spec.maxReplicaCount", 40),
  },
  {
    what: "scaling to zero",
    rule: "scaled-to-zero",
    sow: (o) => o.set("ScaledObject", "payment", "spec.minReplicaCount", 0),
  },
  {
    what: "scaling down at once",
    rule: "scales-down-at-once",
    sow: (o) =>
      o.set(
        "ScaledObject",
        "payment",
        "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds",
        0,
      ),
  },
  {
    what: "scaling down by many pods at a time",
    rule: "scales-down-at-once",
    sow: (o) =>
      o.set(
        "ScaledObject",
        "payment",
        "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies",
        [{ type: "Percent", value: 100, periodSeconds: 60 }],
      ),
  },
  {
    what: "KEDA that takes a slow handler for an idle one",
    rule: "keda-wrong-trigger",
    sow: (o) => o.set("ScaledObject", "payment", "spec.triggers.0.metadata.excludePersistentLag", "true"),
  },
  {
    what: "KEDA after the components that log it in",
    rule: "keda-not-logged-in",
    sow: (o) => {
      const login = Object(o.of("TriggerAuthentication", "boxoffice-kafka"));
      login.spec = { secretTargetRef: [], configMapTargetRef: [] };
    },
  },
  {
    what: "two scalers of one Deployment",
    rule: "two-scalers",
    sow: (o) => {
      copyOf(o, "HorizontalPodAutoscaler", "intake", "intake-too");
    },
  },
  {
    what: "a service scaled on lag",
    rule: "wrong-scaler",
    sow: (o) => {
      o.remove("HorizontalPodAutoscaler", "intake");
      copyOf(o, "ScaledObject", "payment", "intake");
      o.set("ScaledObject", "intake", "spec.scaleTargetRef.name", "intake");
    },
  },
  {
    what: "a topic that is missing",
    rule: "topic-missing",
    sow: (o) => o.remove("KafkaTopic", "reservations-payment-dlq"),
  },
  {
    what: "a topic with other partitions",
    rule: "topic-differs",
    sow: (o) => o.set("KafkaTopic", "reservations", "spec.partitions", 6),
  },
  {
    what: "dead letters that are thrown away after a day",
    rule: "topic-differs",
    sow: (o) =>
      o.set("KafkaTopic", "reservations-payment-dlq", "spec.config", {
        ...Object(o.of("KafkaTopic", "reservations-payment-dlq")).spec.config,
        "retention.ms": 86_400_000,
      }),
  },
  {
    what: "a topic of nobody's",
    rule: "topic-unknown",
    sow: (o) => {
      copyOf(o, "KafkaTopic", "reservations", "reservation");
      Object(o.of("KafkaTopic", "reservation")).spec = {
        ...Object(o.of("KafkaTopic", "reservations")).spec,
        topicName: "reservation",
      };
    },
  },
  {
    what: "a user that is missing",
    rule: "user-missing",
    sow: (o) => o.remove("KafkaUser", "boxoffice-payment"),
  },
  { what: "an ACL that is missing", rule: "acl-missing", sow: (o) => aclsOf(o, "boxoffice-payment").shift() },
  {
    what: "an ACL that is too wide",
    rule: "acl-too-wide",
    sow: (o) =>
      aclsOf(o, "boxoffice-payment").push({
        resource: { type: "topic", name: "", patternType: "prefix" },
        operations: ["Read"],
      }),
  },
  {
    what: "an endpoint without selector or CIDR",
    rule: "endpoint-unnamed",
    sow: (o) => {
      egressOf(o, "payment")[1] = {
        to: [{ podSelector: { matchLabels: { "boxoffice/fill-in": "kafka-brokers" } } }],
      };
    },
  },
  {
    what: "a declared endpoint without a rule",
    rule: "endpoint-missing",
    sow: (o) => egressOf(o, "payment").pop(),
  },
  {
    what: "egress to everybody",
    rule: "egress-undeclared",
    sow: (o) => egressOf(o, "payment").splice(1, 1, { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }),
  },
  {
    what: "egress to somebody else",
    rule: "egress-undeclared",
    sow: (o) => egressOf(o, "payment").push({ to: [{ ipBlock: { cidr: "203.0.113.7/32" } }] }),
  },
  {
    what: "nothing that denies by default",
    rule: "pods-without-policy",
    sow: (o) => o.remove("NetworkPolicy", "deny-all"),
  },
  {
    what: "a root user",
    rule: "pod-security",
    sow: (o) => o.set("Deployment", "payment", `${POD}.securityContext.runAsNonRoot`, false),
  },
  {
    what: "a writable root",
    rule: "pod-security",
    sow: (o) => o.set("Deployment", "payment", `${MAIN}.securityContext.readOnlyRootFilesystem`, undefined),
  },
  {
    what: "the host's network",
    rule: "pod-security",
    sow: (o) => o.set("Deployment", "payment", `${POD}.hostNetwork`, true),
  },
  {
    what: "a container that another hand put beside",
    rule: "pod-security",
    sow: (o) =>
      Object(o.of("Deployment", "payment")).spec.template.spec.containers.push({
        name: "sidecar",
        image: "registry.example/sidecar:1",
        resources: { requests: { cpu: "1m", memory: "1Mi" }, limits: { memory: "1Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] },
        },
      }),
  },
  {
    what: "somebody else's root in the fleet's namespace",
    rule: "pod-security",
    sow: (o) =>
      o.add({
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "redis" },
        spec: {
          template: {
            spec: {
              automountServiceAccountToken: false,
              containers: [
                {
                  name: "redis",
                  image: "redis:7",
                  resources: { requests: { cpu: "1m", memory: "1Mi" }, limits: { memory: "1Mi" } },
                },
              ],
            },
          },
        },
      }),
  },
  {
    what: "a namespace that lets anything run",
    rule: "namespace-unrestricted",
    sow: (o) => o.set("Namespace", "boxoffice", "metadata.labels", undefined),
  },
  {
    what: "a token that is mounted",
    rule: "token-mounted",
    sow: (o) => o.set("Deployment", "payment", `${POD}.automountServiceAccountToken`, true),
  },
  {
    what: "no limit of memory",
    rule: "no-resources",
    sow: (o) => o.set("Deployment", "payment", `${MAIN}.resources.limits`, undefined),
  },
  {
    what: "the newest image, whatever it is",
    rule: "floating-image",
    sow: (o) => o.set("Deployment", "payment", `${MAIN}.image`, "registry.example/boxoffice:latest"),
  },
  {
    what: "no disruption budget",
    rule: "no-disruption-budget",
    sow: (o) => o.remove("PodDisruptionBudget", "payment"),
  },
  {
    what: "a budget that forbids every drain",
    rule: "budget-blocks-drains",
    sow: (o) => o.set("PodDisruptionBudget", "payment", "spec.maxUnavailable", 0),
  },
  {
    what: "a job without an end",
    rule: "job-without-end",
    sow: (o) => {
      o.add({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "topics-apply", labels: { "app.kubernetes.io/part-of": "boxoffice" } },
        spec: {
          backoffLimit: 3,
          ttlSecondsAfterFinished: 60,
          template: structuredClone(Object(o.of("Deployment", "payment")).spec.template),
        },
      });
    },
  },
  {
    what: "a typing error in a setting",
    rule: "unknown-setting",
    sow: (o) =>
      o.all
        .filter(
          ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("boxoffice-settings"),
        )
        .map((each) => (Object(each).data.KAFKA_BROKER = "kafka:9092")),
  },
  {
    what: "a password in plain",
    rule: "secret-in-plain",
    sow: (o) =>
      Object(o.of("Deployment", "payment")).spec.template.spec.containers[0].env.push({
        name: "REDIS_URL",
        value: "redis://:hunter2@redis:6379",
      }),
  },
  {
    what: "a service that selects nothing",
    rule: "service-selects-nothing",
    sow: (o) => o.set("Service", "intake", "spec.selector", { app: "intake" }),
  },
];
