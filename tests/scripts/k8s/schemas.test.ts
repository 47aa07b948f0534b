import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import t from "tap";
import { buildOverlay } from "../../../scripts/k8s/check/build.ts";
import { readManifests } from "../../../scripts/k8s/check/read.ts";
import { overlaysIn } from "../../../scripts/k8s/check/sources.ts";
import { TRIGGER_KEYS } from "../../../scripts/k8s/check/trigger-keys.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { combiner, componentsIn, fullest } from "./combinations.ts";
import { documentedKafka } from "./documented-kafka.ts";
import { Objects } from "./mistakes.ts";
import { fetchSchemas, missingTool } from "./schemas/fetch.ts";
import { readKinds } from "./schemas/kinds.ts";
import { BUILT_IN } from "./schemas/sources.ts";
import { strict } from "./schemas/strict.ts";

const folder = resolve(import.meta.dirname, "../../../k8s");
const POD = "spec.template.spec";

/** What only a schema finds, in objects of each package. */
const MISTAKES: readonly (readonly [
  kind: string,
  name: string,
  path: string,
  value: unknown,
  says: RegExp,
])[] = [
  ["Deployment", "payment", "spec.replica", 2, /replica/],
  ["Deployment", "payment", "spec.replicas", "two", /spec\/replicas: must be integer/],
  ["Deployment", "payment", `${POD}.containers.0.livenessProbe.httpget`, {}, /httpget/],
  ["NetworkPolicy", "payment", "spec.egress.0.port", [], /"port"/],
  ["PodDisruptionBudget", "payment", "spec.unhealthyPodEviction", "AlwaysAllow", /unhealthyPodEviction/],
  ["HorizontalPodAutoscaler", "intake", "spec.maxReplicas", undefined, /maxReplicas/],
  ["ScaledObject", "payment", "spec.minReplicasCount", 1, /minReplicasCount/],
  ["ScaledObject", "payment", "spec.triggers.0.metadata.lagThreshold", 500, /lagThreshold: must be string/],
  ["TriggerAuthentication", "boxoffice-kafka", "spec.secretTargetRef.0.parameter", undefined, /parameter/],
  ["KafkaTopic", "reservations", "spec.partition", 12, /"partition"/],
  ["KafkaUser", "boxoffice-payment", "spec.authorization.acls.0.operations", ["Reed"], /operations/],
  ["PodMonitor", "payment", "spec.podMetricsEndpoints.0.interval", "15 seconds", /interval: must match/],
  ["HTTPRoute", "intake", "spec.hostname", "tickets.example", /"hostname"/],
  ["ExternalSecret", "boxoffice-secrets", "spec.target.creationPolicy", "Mine", /creationPolicy/],
];

t.test("strict() refuses unknown fields, but where a definition keeps them", async (t) => {
  const open = { "x-kubernetes-preserve-unknown-fields": true, properties: {} };
  t.same(
    strict({
      type: "object",
      properties: { a: { type: "string", nullable: true }, b: open, c: { items: {} } },
    }),
    {
      type: "object",
      additionalProperties: false,
      properties: { a: { type: ["string", "null"] }, b: open, c: { items: {} } },
    },
  );
  t.same(strict({ additionalProperties: { properties: {} } }), {
    additionalProperties: { properties: {}, additionalProperties: false },
  });
});

const missing = findTool("kustomize", "kubectl")
  ? missingTool()
  : "kustomize is missing: install it, or kubectl";
if (missing !== undefined) leaveOut(t, "manifests against the schemas of their kinds", missing);
else {
  t.setTimeout(1_200_000);
  const signal = AbortSignal.timeout(1_180_000);
  const schemas = await fetchSchemas(signal);
  const production = join(folder, "overlays/production");
  const objectsOf = async (overlay: string) => readManifests(await buildOverlay(overlay, signal), overlay);

  for (const version of BUILT_IN.versions) {
    t.test(`every overlay is valid in Kubernetes ${version}, unknown fields refused`, async (t) => {
      const judge = await readKinds(schemas, version);
      for (const overlay of await overlaysIn(join(folder, "overlays"))) {
        const objects = await objectsOf(overlay);
        t.ok(objects.length > 0);
        for (const each of objects) t.same(judge(each), [], `${overlay} ${each.kind}/${each.metadata.name}`);
      }
    });
  }

  t.test("the Kafka of k8s/README.md is valid", async (t) => {
    const judge = await readKinds(schemas, BUILT_IN.versions[0]);
    t.same(judge(await documentedKafka(folder)), []);
  });

  t.test("all components together are valid", async (t) => {
    const judge = await readKinds(schemas, BUILT_IN.versions[0]);
    const { copy, build } = await combiner(folder);
    t.teardown(() => rm(copy, { recursive: true }));
    for (const components of fullest(await componentsIn(folder)))
      for (const each of await build(components, signal))
        t.same(judge(each), [], `${each.kind}/${each.metadata.name}`);
  });

  t.test("a schema finds what is misspelt or of another type, in built-in and in custom kinds", async (t) => {
    const judge = await readKinds(schemas, BUILT_IN.versions[0]);
    const clean = await objectsOf(production);
    for (const [kind, name, path, value, says] of MISTAKES) {
      const spoilt = new Objects(clean);
      spoilt.set(kind, name, path, value);
      t.match(judge(spoilt.of(kind, name)).join("\n"), says, `${kind} ${path}`);
    }
    const unknown = { apiVersion: "apps/v2", kind: "Deployment", metadata: { name: "payment" } };
    t.same(judge(unknown), ["no schema for apps/v2 Deployment"]);
  });

  t.test("TRIGGER_KEYS are those that KEDA's source reads", async (t) => {
    const source = await readFile(join(schemas, "kafka_scaler.go"), "utf8");
    const declared = [...source.matchAll(/`keda:"name=(\w+),order=(\S+?)[,"]([^`]*)/g)];
    t.ok(declared.length > 20);
    const keys = declared.flatMap(([, name = "", order = "", more = ""]) => {
      if (!order.split(";").includes("triggerMetadata")) return [];
      return `${order},${more}`.includes("resolvedEnv") ? [name, `${name}FromEnv`] : [name];
    });
    t.same([...TRIGGER_KEYS].sort(), keys.sort());
  });
}
