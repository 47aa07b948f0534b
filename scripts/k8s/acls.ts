import { familyOf } from "../../workers/_runtime/family.ts";
import type { Worker } from "../../workers/_runtime/mod.ts";
import type { Declarations } from "./declarations.ts";
import { userOf } from "./manifest.ts";

export type AclResource = "topic" | "group" | "transactionalId";

/** Operations that one user may do on what one pattern names. */
export interface Acl {
  readonly type: AclResource;
  readonly name: string;
  readonly pattern: "literal" | "prefix";
  /** As Strimzi and Kafka call them, sorted. */
  readonly operations: readonly string[];
}

export interface KafkaPrincipal {
  readonly name: string;
  /** For people. */
  readonly purpose: string;
  readonly acls: readonly Acl[];
}

/** One resource to operations; Read, Write, Delete and Alter let describe as well. */
type Grant = readonly [
  type: AclResource,
  name: string,
  pattern: Acl["pattern"],
  operations: readonly string[],
];

const FLEET_READ_WRITE = ["fleet.dead-letters", "fleet.plans"] as const;

/** Every user of the cluster with the least that its work takes. */
export function kafkaPrincipals(declarations: Declarations): readonly KafkaPrincipal[] {
  const { workers } = declarations;
  return [
    ...workers.map((worker) =>
      principal(worker.name, `of worker ${worker.name}`, workerGrants(worker, workers)),
    ),
    principal("operator", "of the commands dlq, jobs, concerts and rebuild", operatorGrants(declarations)),
    principal("deploy", "of topics apply, before a rollout", deployGrants(declarations)),
    principal("keda", "of KEDA, which looks at lag", kedaGrants(workers)),
  ];
}

function principal(name: string, purpose: string, grants: readonly Grant[]): KafkaPrincipal {
  const merged = new Map<string, { acl: Omit<Acl, "operations">; operations: Set<string> }>();
  for (const [type, resource, pattern, operations] of grants) {
    const key = `${type} ${pattern} ${resource}`;
    const known = merged.get(key) ?? { acl: { type, name: resource, pattern }, operations: new Set() };
    for (const operation of operations) known.operations.add(operation);
    merged.set(key, known);
  }
  const acls = [...merged.values()].map(({ acl, operations }) => ({
    ...acl,
    operations: [...operations].sort(),
  }));
  return { name: userOf(name), purpose, acls };
}

function workerGrants(worker: Worker, workers: readonly Worker[]): readonly Grant[] {
  const { reads = [], fences = [], letters } = worker.permissions.kafka ?? {};
  return [
    ...worker.reads.flatMap(({ topic }) => readingGrants(worker, topic.name)),
    ...worker.emits.map((topic): Grant => ["topic", topic.name, "literal", ["Write"]]),
    ...(worker.reads.length > 0
      ? [
          ["group", worker.name, "literal", ["Read"]] satisfies Grant,
          // What became of a replayed letter, in the transaction that ends its run.
          ["topic", "fleet.dead-letters", "literal", ["Write"]] satisfies Grant,
        ]
      : []),
    ...reads.map((topic): Grant => ["topic", topic.name, "literal", ["Read"]]),
    ...workers.filter(({ name }) => fences.includes(name)).flatMap(fencingGrants),
    ...(letters === undefined ? [] : letterGrants(workers, letters)),
  ];
}

function readingGrants(worker: Worker, source: string): readonly Grant[] {
  const { replay, dlq } = familyOf(worker, source, []);
  return [
    ["topic", source, "literal", ["Read"]],
    // By prefix: topics of an earlier ladder are read until drained.
    ["topic", retryPrefix(worker.name, source), "prefix", ["Read", "Write", "Delete"]],
    ["topic", replay, "literal", ["Read", "Delete"]],
    ["topic", dlq, "literal", ["Write"]],
    transactions(`${worker.name}-${source}-`),
  ];
}

function retryPrefix(worker: string, source: string): string {
  return `${source}.${worker}.retry.`;
}

function transactions(prefix: string): Grant {
  return ["transactionalId", prefix, "prefix", ["Write", "Describe"]];
}

/** Its partitions are counted first: a topic that can't be described would be left out in silence. */
function fencingGrants({ name, reads }: Worker): readonly Grant[] {
  return reads.flatMap(({ topic }): Grant[] => [
    ["topic", topic.name, "literal", ["Describe"]],
    transactions(`${name}-${topic.name}-`),
  ]);
}

function letterGrants(workers: readonly Worker[], letters: "replay" | "desk"): readonly Grant[] {
  const desk = letters === "desk";
  const families = workers.flatMap((worker) =>
    worker.reads.map(({ topic }) => ({ worker: worker.name, ...familyOf(worker, topic.name, []) })),
  );
  return [
    ...FLEET_READ_WRITE.map((name): Grant => ["topic", name, "literal", ["Read", "Write"]]),
    ["topic", "fleet.audit", "literal", desk ? ["Read", "Write"] : ["Write"]],
    ["transactionalId", "letters-", "prefix", ["Write", "Describe"]],
    ["transactionalId", "plans-", "prefix", ["Write", "Describe"]],
    ...families.flatMap(({ worker, source, replay, dlq }): Grant[] =>
      desk
        ? [
            ["topic", source, "literal", ["Read"]],
            ["topic", retryPrefix(worker, source), "prefix", ["Read"]],
            ["topic", replay, "literal", ["Read"]],
            // Imported letters are written there; their retention is shown.
            ["topic", dlq, "literal", ["Read", "Write", "DescribeConfigs"]],
          ]
        : [
            ["topic", source, "literal", ["Write"]],
            ["topic", replay, "literal", ["Write"]],
            // What waits there is counted, and set against what it keeps.
            ["topic", dlq, "literal", ["Read", "DescribeConfigs"]],
            ["group", worker, "literal", ["Describe"]],
          ],
    ),
    // A plan to the source says which groups will see the records, also those that aren't ours.
    ...(desk ? [["group", "*", "literal", ["Describe"]] satisfies Grant] : []),
  ];
}

function operatorGrants({ workers, topics }: Declarations): readonly Grant[] {
  const fenced = new Set(workers.flatMap(({ permissions }) => permissions.kafka?.fences ?? []));
  return [
    ...letterGrants(workers, "desk"),
    ...topics
      .filter(({ kind }) => kind === "source")
      .map((topic): Grant => ["topic", topic.name, "literal", ["Read"]]),
    ["topic", "concerts", "literal", ["Write"]],
    ...workers.filter(({ name }) => fenced.has(name)).flatMap(fencingGrants),
  ];
}

/** Reads, because partitions are added and topics pruned only when drained. */
const DEPLOY = ["Create", "Describe", "DescribeConfigs", "Alter", "Delete", "Read"];

function deployGrants({ workers, topics }: Declarations): readonly Grant[] {
  const sources = topics.filter(({ kind }) => kind === "source");
  return [
    ["topic", "fleet.", "prefix", DEPLOY],
    ...sources.flatMap(({ name }): Grant[] => [
      ["topic", name, "literal", DEPLOY],
      ["topic", `${name}.`, "prefix", DEPLOY],
    ]),
    ...groupGrants(workers),
  ];
}

function kedaGrants(workers: readonly Worker[]): readonly Grant[] {
  return [
    ...workers.flatMap(({ reads }) =>
      reads.map(({ topic }): Grant => ["topic", topic.name, "literal", ["Describe"]]),
    ),
    ...groupGrants(workers),
  ];
}

function groupGrants(workers: readonly Worker[]): readonly Grant[] {
  return workers
    .filter(({ reads }) => reads.length > 0)
    .map(({ name }): Grant => ["group", name, "literal", ["Describe"]]);
}
