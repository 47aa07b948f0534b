import { setTimeout as sleep } from "node:timers/promises";
import type * as kafkajs from "kafkajs";
import type Cluster from "kafkajs/src/cluster/index.js";
import { describe, errorType } from "./broker-error.ts";
import type { TopicSpec } from "./port.ts";

const LEADERS_TIMEOUT_MS = 30_000;

/**
 * Creates what does not exist and returns once every broker knows a leader for each partition: until then
 * writing to a fresh topic fails with UNKNOWN_TOPIC_OR_PARTITION.
 * @throws {Error} naming the topics that the broker refused, with its reasons.
 */
export async function createMissingTopics(
  cluster: Cluster,
  admin: kafkajs.Admin,
  topics: readonly TopicSpec[],
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter(({ name }) => !existing.has(name));
  if (missing.length > 0) {
    try {
      await admin.createTopics({
        waitForLeaders: false,
        topics: missing.map(({ name, partitions, replicationFactor = -1, config }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
        })),
      });
    } catch (error) {
      const refused = reasons(error, missing);
      if (refused.length > 0)
        throw new Error(`Cannot create topics: ${refused.join("; ")}`, { cause: error });
    }
  }
  await leadersKnown(cluster, new Map(topics.map(({ name }) => [name, 1])));
}

/** kafkajs throws one error for all that were refused, and drops the broker's own words. */
function reasons(error: unknown, asked: readonly TopicSpec[]): string[] {
  const all: unknown[] =
    error instanceof Error && "errors" in error && Array.isArray(error.errors) ? error.errors : [error];
  return all
    .filter((one) => errorType(one) !== "TOPIC_ALREADY_EXISTS") // another was faster
    .map((one) => {
      const spec = asked.find(({ name }) => one instanceof Error && "topic" in one && one.topic === name);
      if (!spec) return describe(one);
      const config = Object.entries(spec.config).map(([key, value]) => `${key}=${value}`);
      return `'${spec.name}' with ${[`${spec.partitions} partitions`, ...config].join(", ")}: ${describe(one)}`;
    });
}

/** Waits until every broker knows the topics, each with a leader for at least so many partitions. */
export async function leadersKnown(cluster: Cluster, partitions: ReadonlyMap<string, number>): Promise<void> {
  const deadline = Date.now() + LEADERS_TIMEOUT_MS;
  for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 500)) {
    const lacking = await withoutLeader(cluster, partitions);
    if (lacking.length === 0) return;
    if (Date.now() + waitMs > deadline)
      throw new Error(`Cannot use new partitions as they have no leader yet: ${lacking.join(", ")}`);
    await sleep(waitMs);
  }
}

async function withoutLeader(
  cluster: Cluster,
  partitions: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const names = [...partitions.keys()];
  if (names.length === 0) return [];
  try {
    for (const nodeId of cluster.getNodeIds()) {
      const broker = await cluster.findBroker({ nodeId });
      const { topicMetadata } = await broker.metadata(names);
      const lacking = topicMetadata.filter(
        ({ topic, partitionMetadata }) =>
          partitionMetadata.length < (partitions.get(topic) ?? 1) ||
          partitionMetadata.some(({ leader }) => leader < 0),
      );
      if (lacking.length > 0) return lacking.map(({ topic }) => topic);
    }
    return [];
  } catch {
    return names; // UNKNOWN_TOPIC_OR_PARTITION or LEADER_NOT_AVAILABLE: not yet
  }
}
