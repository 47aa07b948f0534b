import type { DeclaredTopic } from "../../../workers/_runtime/derived-topics.ts";
import { type Acl, type KafkaPrincipal, kafkaPrincipals } from "../acls.ts";
import { CLUSTER_LABEL, KAFKA_API, topicSpec } from "../kafka-resources.ts";
import { type Manifest, PART_OF } from "../manifest.ts";
import { at, listAt, textAt } from "./fields.ts";
import type { Found, Rule } from "./finding.ts";
import { isOurs, ofKind, type Scene, titleOf } from "./scene.ts";

export const kafkaRules: readonly Rule[] = [
  {
    id: "topic-missing",
    why: "a worker that routes there, or starts, finds no topic",
    find: (scene) => topics(scene).missing,
  },
  {
    id: "topic-differs",
    why: "orders and retention that workers rely on would not hold",
    find: (scene) => topics(scene).different,
  },
  {
    id: "topic-unknown",
    why: "nothing reads or writes it: a typing error, or a worker that is gone",
    find: (scene) => topics(scene).unknown,
  },
  { id: "user-missing", why: "its pods could not log in", find: (scene) => users(scene).missing },
  {
    id: "user-unknown",
    why: "nobody's work needs it: who has its password may do what no declaration asks for",
    find: (scene) => users(scene).unknown,
  },
  {
    id: "of-no-cluster",
    why: "Strimzi passes over what names no cluster of its own, without a word: no topic, no user, no password",
    find: ofNoCluster,
  },
  {
    id: "acl-missing",
    why: "the broker would refuse what the worker is made for",
    find: (scene) => users(scene).lacking,
  },
  {
    id: "acl-too-wide",
    why: "who takes over the one pod could read or write another's topics",
    find: (scene) => users(scene).tooWide,
  },
];

function topics(scene: Scene) {
  const found = ofKind(scene, "KafkaTopic").filter(isStrimzi);
  const byName = new Map(
    found.map((each) => [textAt(each, "spec", "topicName") ?? each.metadata.name, each]),
  );
  // Without any the topics are made by `topics apply`, in the job before a rollout.
  const declared = found.length === 0 ? [] : scene.declarations.topics;
  const names = new Set(declared.map(({ name }) => name));
  return {
    missing: declared
      .filter(({ name }) => !byName.has(name))
      .map((topic) => ({
        ...{ object: "", field: "" },
        message: `topic '${topic.name}' is declared and has no KafkaTopic`,
        fix: "run 'boxoffice k8s generate'",
      })),
    different: declared.flatMap((topic) => {
      const is = byName.get(topic.name);
      return is === undefined ? [] : differences(is, topic);
    }),
    unknown: [...byName]
      .filter(([name, each]) => !names.has(name) && at(each, "metadata", "labels", PART_OF) !== undefined)
      .map(([name, each]) => ({
        ...{ object: titleOf(each), field: "spec.topicName" },
        message: `no declaration has a topic '${name}'`,
        fix: "run 'boxoffice k8s generate'; what a topic of that name still holds stays in Kafka until somebody deletes it",
      })),
  };
}

function differences(is: Manifest, topic: DeclaredTopic): readonly Found[] {
  const { partitions, config, replicas } = topicSpec(topic);
  const wanted: readonly (readonly [path: readonly string[], value: unknown])[] = [
    [["partitions"], partitions],
    ...(replicas === undefined ? [] : [[["replicas"], replicas] as const]),
    ...Object.entries(config).map(([key, value]) => [["config", key], value] as const),
  ];
  return wanted
    .filter(([path, value]) => String(at(is, "spec", ...path)) !== String(value))
    .map(([path, value]) => ({
      ...{ object: titleOf(is), field: `spec.${path.join(".")}` },
      message: `it is ${at(is, "spec", ...path) ?? "missing"}, the declaration says ${value}`,
      fix: "run 'boxoffice k8s generate', or change the declaration",
    }));
}

function users(scene: Scene) {
  const found = ofKind(scene, "KafkaUser").filter(isStrimzi);
  const wanted = found.length === 0 ? [] : kafkaPrincipals(scene.declarations);
  const pairs = wanted.flatMap((principal) => {
    const user = found.find(({ metadata }) => metadata.name === principal.name);
    return user === undefined ? [] : [[principal, user] as const];
  });
  return {
    missing: wanted
      .filter(({ name }) => !found.some(({ metadata }) => metadata.name === name))
      .map(({ name, purpose }) => ({
        ...{ object: "", field: "" },
        message: `there is no KafkaUser '${name}', ${purpose}`,
        fix: "run 'boxoffice k8s generate'",
      })),
    unknown: (wanted.length === 0 ? [] : found)
      .filter((each) => isOurs(each) && !wanted.some(({ name }) => name === each.metadata.name))
      .map((each) => ({
        ...{ object: titleOf(each), field: "" },
        message: `no declaration needs a user '${each.metadata.name}'`,
        fix: "run 'boxoffice k8s generate'; a user of somebody else's has no label of this fleet",
      })),
    lacking: pairs.flatMap(([principal, user]) => lacking(principal, user)),
    tooWide: pairs.flatMap(([principal, user]) => tooWide(principal, user)),
  };
}

/** One operation on one resource. */
type Grants = ReadonlySet<string>;

function grant({ type, name, pattern }: Omit<Acl, "operations">, operation: string): string {
  return `${operation} ${type} ${name}${pattern === "prefix" ? "*" : ""}`;
}

function wantedGrants({ acls }: KafkaPrincipal): Grants {
  return new Set(acls.flatMap((acl) => acl.operations.map((operation) => grant(acl, operation))));
}

/** What it may do, by the field that says so; what is denied as well isn't: to Kafka a denial is above all. */
function grantsOf(user: Manifest): ReadonlyMap<string, string> {
  const denied = entriesOf(user, "deny");
  return new Map([...entriesOf(user, "allow")].filter(([each]) => !denied.has(each)));
}

function entriesOf(user: Manifest, kind: "allow" | "deny"): ReadonlyMap<string, string> {
  const field = "spec.authorization.acls";
  return new Map(
    listAt(user, ...field.split(".")).flatMap((acl, i) => {
      if ((textAt(acl, "type") ?? "allow") !== kind) return [];
      const [type, name] = [textAt(acl, "resource", "type"), textAt(acl, "resource", "name") ?? ""];
      const pattern = textAt(acl, "resource", "patternType") ?? "literal";
      const resource = `${type} ${name}${pattern === "prefix" ? "*" : ""}`;
      return listAt(acl, "operations").map(
        (operation) => [`${operation} ${resource}`, `${field}.${i}`] as const,
      );
    }),
  );
}

function lacking(principal: KafkaPrincipal, user: Manifest): readonly Found[] {
  const has = grantsOf(user);
  return [...wantedGrants(principal)]
    .filter((each) => !has.has(each))
    .map((each) => ({
      ...{ object: titleOf(user), field: "spec.authorization.acls" },
      message: `'${each}' is missing, ${principal.purpose}`,
      fix: "run 'boxoffice k8s generate'",
    }));
}

function tooWide(principal: KafkaPrincipal, user: Manifest): readonly Found[] {
  const wanted = wantedGrants(principal);
  return [...grantsOf(user)]
    .filter(([each]) => !wanted.has(each))
    .map(([each, field]) => ({
      ...{ object: titleOf(user), field },
      message: `'${each}' is more than its declaration needs`,
      fix: "remove it; what a worker needs follows from what it declares to read and emit",
    }));
}

function isStrimzi({ apiVersion }: Manifest): boolean {
  return apiVersion.split("/")[0] === KAFKA_API.split("/")[0];
}

/** Topics and users of one fleet belong to one cluster. */
function ofNoCluster(scene: Scene): readonly Found[] {
  const all = ["KafkaTopic", "KafkaUser"].flatMap((kind) => ofKind(scene, kind).filter(isStrimzi));
  const clusters = all.map((each) => textAt(each, "metadata", "labels", CLUSTER_LABEL));
  const [first] = clusters.filter((each) => each !== undefined);
  return all.flatMap((each, i) =>
    clusters[i] !== undefined && clusters[i] === first
      ? []
      : [
          {
            ...{ object: titleOf(each), field: "metadata.labels" },
            message: `${CLUSTER_LABEL} is ${clusters[i] ?? "missing"}`,
            fix: `${CLUSTER_LABEL}: ${first ?? "the name of the Kafka resource"}`,
          },
        ],
  );
}
