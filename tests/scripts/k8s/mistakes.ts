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

const aclsOf = (objects: Objects, user: string): { resource: Json; operations: string[]; type?: string }[] =>
  Object(objects.of("KafkaUser", user)).spec.authorization.acls;

const egressOf = (objects: Objects, policy: string): unknown[] =>
  Object(objects.of("NetworkPolicy", policy)).spec.egress;

/** A policy of the fleet's namespace that somebody wrote by hand. */
const morePolicy = (spec: Json): Json => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "more", namespace: "boxoffice" },
  spec: { podSelector: {}, ...spec },
});

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
    what: "a pause before it is told to stop that uses the grace period up",
    rule: "grace-below-timeout",
    sow: (o) => o.set("Deployment", "intake", `${MAIN}.lifecycle.preStop.sleep.seconds`, 45),
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
    what: "KEDA without a login in one trigger",
    rule: "keda-not-logged-in",
    sow: (o) => o.set("ScaledObject", "settlement", "spec.triggers.1.authenticationRef", undefined),
  },
  {
    what: "KEDA without brokers",
    rule: "keda-wrong-trigger",
    sow: (o) =>
      o.set("ScaledObject", "payment", "spec.triggers.0.metadata.bootstrapServersFromEnv", undefined),
  },
  {
    what: "a scaler of a name that nobody has",
    rule: "scaler-of-nobody",
    sow: (o) => {
      copyOf(o, "ScaledObject", "payment", "paymnt");
      o.set("ScaledObject", "paymnt", "spec.scaleTargetRef.name", "paymnt");
    },
  },
  {
    what: "a worker that isn't scaled",
    rule: "worker-without-scaler",
    sow: (o) => o.remove("ScaledObject", "payment"),
  },
  {
    what: "a service that isn't scaled",
    rule: "worker-without-scaler",
    sow: (o) => o.remove("HorizontalPodAutoscaler", "console"),
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
  {
    what: "a user of nobody's",
    rule: "user-unknown",
    sow: (o) => copyOf(o, "KafkaUser", "boxoffice-payment", "boxoffice-debug"),
  },
  {
    what: "a topic of no cluster",
    rule: "of-no-cluster",
    sow: (o) =>
      o.set("KafkaTopic", "reservations", "metadata.labels", { "app.kubernetes.io/part-of": "boxoffice" }),
  },
  {
    what: "a user of another cluster",
    rule: "of-no-cluster",
    sow: (o) =>
      o.set("KafkaUser", "boxoffice-payment", "metadata.labels", {
        ...o.of("KafkaUser", "boxoffice-payment").metadata.labels,
        "strimzi.io/cluster": "kafak",
      }),
  },
  {
    what: "an ACL that is denied as well",
    rule: "acl-missing",
    sow: (o) => {
      const acls = aclsOf(o, "boxoffice-payment");
      acls.push({ ...structuredClone(acls[0] ?? { resource: {}, operations: [] }), type: "deny" });
    },
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
    what: "egress to every pod of the cluster",
    rule: "egress-undeclared",
    sow: (o) => egressOf(o, "payment").splice(1, 1, { to: [{ namespaceSelector: {} }] }),
  },
  {
    what: "one more policy, without our labels, that lets everything out",
    rule: "egress-undeclared",
    sow: (o) => o.add(morePolicy({ policyTypes: ["Egress"], egress: [{}] })),
  },
  {
    what: "one more policy that lets one worker out to somebody",
    rule: "egress-undeclared",
    sow: (o) =>
      o.add(
        morePolicy({
          podSelector: {
            matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["payment"] }],
          },
          policyTypes: ["Egress"],
          egress: [{ to: [{ ipBlock: { cidr: "203.0.113.7/32" } }] }],
        }),
      ),
  },
  {
    what: "a health port that is open to all",
    rule: "ingress-open",
    sow: (o) => o.set("NetworkPolicy", "payment", "spec.ingress.0.from", []),
  },
  {
    what: "a health port that every pod of the cluster reaches",
    rule: "ingress-open",
    sow: (o) => o.set("NetworkPolicy", "payment", "spec.ingress.0.from", [{ namespaceSelector: {} }]),
  },
  {
    what: "intake for whoever has an address",
    rule: "ingress-open",
    sow: (o) => o.set("NetworkPolicy", "intake", "spec.ingress.2.from", [{ ipBlock: { cidr: "0.0.0.0/0" } }]),
  },
  {
    what: "one more policy that lets everybody in",
    rule: "ingress-open",
    sow: (o) => o.add(morePolicy({ policyTypes: ["Ingress"], ingress: [{}] })),
  },
  {
    what: "a job that nothing lets out",
    rule: "endpoint-missing",
    sow: (o) => {
      copyOf(o, "Deployment", "payment", "topics-apply");
      Object(o.of("Deployment", "topics-apply")).kind = "Job";
      o.set("Job", "topics-apply", "spec", {
        ...{ backoffLimit: 1, activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 60 },
        template: structuredClone(Object(o.of("Deployment", "payment")).spec.template),
      });
    },
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
    what: "a volume of the node's network",
    rule: "pod-security",
    sow: (o) =>
      Object(o.of("Deployment", "payment")).spec.template.spec.volumes.push({
        name: "shared",
        nfs: { server: "nfs.example", path: "/" },
      }),
  },
  {
    what: "a port of the node",
    rule: "pod-security",
    sow: (o) => o.set("Deployment", "payment", `${MAIN}.ports.0.hostPort`, 9464),
  },
  {
    what: "a kernel's setting",
    rule: "pod-security",
    sow: (o) =>
      o.set("Deployment", "payment", `${POD}.securityContext.sysctls`, [
        { name: "kernel.msgmax", value: "1" },
      ]),
  },
  {
    what: "an unmasked /proc",
    rule: "pod-security",
    sow: (o) => o.set("Deployment", "payment", `${MAIN}.securityContext.procMount`, "Unmasked"),
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
        metadata: { name: "tidy-up", labels: { "app.kubernetes.io/part-of": "boxoffice" } },
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
    what: "a password in a Secret that is committed",
    rule: "secret-in-plain",
    sow: (o) =>
      o.add({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "boxoffice-secrets" },
        data: { ADMIN_TOKEN: Buffer.from("hunter2").toString("base64") },
      }),
  },
  {
    what: "a password in a Secret's text",
    rule: "secret-in-plain",
    sow: (o) =>
      o.add({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "boxoffice-secrets" },
        stringData: { REDIS_URL: "redis://:hunter2@redis:6379" },
      }),
  },
  {
    what: "metrics asked of a port that no pod has",
    rule: "not-scraped",
    sow: (o) => o.set("PodMonitor", "payment", "spec.podMetricsEndpoints.0.port", "metrics"),
  },
  {
    what: "metrics asked of a path that nobody serves",
    rule: "not-scraped",
    sow: (o) => o.set("PodMonitor", "payment", "spec.podMetricsEndpoints.0.path", "/metric"),
  },
  {
    what: "a monitor of somebody else",
    rule: "not-scraped",
    sow: (o) => o.set("PodMonitor", "payment", "spec.selector.matchLabels", { app: "payment" }),
  },
  { what: "a worker without a monitor", rule: "not-scraped", sow: (o) => o.remove("PodMonitor", "payment") },
  {
    what: "a service that selects nothing",
    rule: "service-selects-nothing",
    sow: (o) => o.set("Service", "intake", "spec.selector", { app: "intake" }),
  },
];
