import type { TopicSpec } from "./broker.ts";
import type { RuntimeConfig } from "./config-shape.ts";
import type { Topic } from "./event.ts";
import { familyOf } from "./family.ts";
import type { Worker } from "./worker.ts";

/** What a topic is for. */
export type TopicKind = "source" | "retry" | "replay" | "dlq" | "fleet";

/** A topic as the declarations and the profile want it. */
export interface DeclaredTopic extends TopicSpec {
  readonly kind: TopicKind;
  /** The source topic it belongs to; itself for a source topic, none for the fleet's own. */
  readonly source: string | undefined;
  /** The worker it is derived for. */
  readonly worker: string | undefined;
}

type Runtime = Pick<RuntimeConfig, "retry" | "partitions" | "replicationFactor">;

/**
 * What a derived topic takes more than its source, bytes: our headers are at most 4 kB, and a record at the
 * limit with them on top must still fit, whatever a batch adds.
 */
const HEADROOM_BYTES = 65_536;
const DLQ_RETENTION_MS = 30 * 24 * 3600_000;
/** Of `fleet.dead-letters` where the profile doesn't say; enough to be written from everywhere at once. */
const FLEET_PARTITIONS = 12;
const BROKER_MAX_MESSAGE_BYTES = 1_048_588;

/** The delays in force: the profile's, else the worker's own. */
export function ladderOf(worker: Worker, runtime: Pick<Runtime, "retry">): readonly string[] {
  return runtime.retry ?? worker.retry;
}

/**
 * Every topic that must exist, in the order in which it should be created: what a worker routes to before what
 * it reads. `sources` are those of `schemas/topics.ts`; a topic that a worker reads or emits to is added.
 */
export function declaredTopics(
  sources: readonly Topic[],
  workers: readonly Worker[],
  runtime: Runtime,
): readonly DeclaredTopic[] {
  const named = new Map<string, Topic>(sources.map((source) => [source.name, source]));
  for (const worker of workers) {
    for (const topic of [...worker.reads.map((read) => read.topic), ...worker.emits]) {
      if (!named.has(topic.name)) named.set(topic.name, topic);
    }
  }
  const derived = new Map<string, DeclaredTopic>();
  for (const worker of workers) {
    for (const { topic } of worker.reads) {
      for (const each of derivedTopics(worker, topic, runtime)) derived.set(each.name, each);
    }
  }
  return [
    ...fleetTopics(runtime),
    ...derived.values(),
    ...[...named.values()].map((topic) => sourceTopic(topic, runtime)),
  ];
}

/** A worker's topics derived from one source topic: one per delay, replay, DLQ. */
export function derivedTopics(worker: Worker, source: Topic, runtime: Runtime): readonly DeclaredTopic[] {
  const family = familyOf(worker, source.name, ladderOf(worker, runtime));
  const partitions = runtime.partitions ?? source.partitions;
  const maxMessageBytes = source.maxMessageBytes + HEADROOM_BYTES;
  const derive = (name: string, kind: TopicKind, retentionMs: number): DeclaredTopic => ({
    ...spec(name, partitions, maxMessageBytes, deleteAfter(retentionMs), runtime),
    kind,
    source: source.name,
    worker: worker.name,
  });
  return [
    // Stamped by the broker: its clock against ours tells the skew (`clock-skew.ts`).
    ...family.ladder.map(({ topic }) => {
      const retry = derive(topic, "retry", -1);
      return { ...retry, config: { ...retry.config, "message.timestamp.type": "LogAppendTime" } };
    }),
    derive(family.replay, "replay", -1),
    derive(family.dlq, "dlq", DLQ_RETENTION_MS),
  ];
}

function sourceTopic(topic: Topic, runtime: Runtime): DeclaredTopic {
  const { name, retention, partitions, maxMessageBytes } = topic;
  const cleanup = retention === "compact" ? COMPACT : deleteAfter(retention === "forever" ? -1 : retention);
  return {
    ...spec(name, runtime.partitions ?? partitions, maxMessageBytes, cleanup, runtime),
    kind: "source",
    source: name,
    worker: undefined,
  };
}

/** The fleet's own: what became of each letter, plans, and who did what. */
function fleetTopics(runtime: Runtime): readonly DeclaredTopic[] {
  const fleet = (
    name: string,
    partitions: number,
    cleanup: Readonly<Record<string, string>>,
  ): DeclaredTopic => ({
    ...spec(name, partitions, BROKER_MAX_MESSAGE_BYTES, cleanup, runtime),
    kind: "fleet",
    source: undefined,
    worker: undefined,
  });
  return [
    fleet("fleet.dead-letters", runtime.partitions ?? FLEET_PARTITIONS, COMPACT),
    // One partition each: few records, and their order is what is read.
    fleet("fleet.plans", 1, COMPACT),
    fleet("fleet.audit", 1, deleteAfter(-1)),
  ];
}

const COMPACT: Readonly<Record<string, string>> = { "cleanup.policy": "compact" };

/** `retention.bytes` is said too: a broker-wide log.retention.bytes would delete what time keeps. */
function deleteAfter(retentionMs: number): Readonly<Record<string, string>> {
  return { "cleanup.policy": "delete", "retention.ms": String(retentionMs), "retention.bytes": "-1" };
}

function spec(
  name: string,
  partitions: number,
  maxMessageBytes: number,
  cleanup: Readonly<Record<string, string>>,
  { replicationFactor }: Runtime,
): TopicSpec {
  const replicated = replicationFactor !== undefined && replicationFactor >= 3;
  return {
    name,
    partitions,
    ...(replicationFactor !== undefined && { replicationFactor }),
    config: {
      ...cleanup,
      "max.message.bytes": String(maxMessageBytes),
      // With three copies an acknowledged record survives the loss of one broker, and writes go on.
      ...(replicated && { "min.insync.replicas": "2" }),
    },
  };
}
