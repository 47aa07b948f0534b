import { setTimeout as sleep } from "node:timers/promises";
import type Cluster from "kafkajs/src/cluster/index.js";
import type { KafkaRecord } from "../record.ts";
import { errorType, isConnectionError, relearn } from "./broker-error.ts";
import type { ReadOn } from "./port.ts";

const READ_COMMITTED = 1;
const TIMEOUT_MS = 20_000;
const PASSING: ReadonlySet<string> = new Set([
  "NOT_LEADER_FOR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "REPLICA_NOT_AVAILABLE",
  "KAFKA_STORAGE_ERROR",
  "OFFSET_NOT_AVAILABLE",
]);

/**
 * Records from `offset` on. Markers, aborted transactions and what compaction emptied are stepped over, so
 * that an empty answer means: nothing more is committed behind `offset`. What fails in passing is tried again for a
 * while, until `signal`.
 */
export async function readOn(
  cluster: Cluster,
  topic: string,
  partition: number,
  offset: number,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ReadOn> {
  const deadline = Date.now() + TIMEOUT_MS;
  let position = offset;
  for (let waitMs = 10; ; ) {
    try {
      const { records, next, stable } = await fetchOnce(cluster, topic, partition, position, maxBytes);
      const wanted = records.filter((record) => record.offset >= offset);
      if (wanted.length > 0 || next <= position || next >= stable) return { records: wanted, next, stable };
      position = next;
    } catch (error) {
      if (errorType(error) === "OFFSET_OUT_OF_RANGE") return { records: [], next: offset, stable: offset };
      const passing = PASSING.has(errorType(error) ?? "") || isConnectionError(error);
      if (!passing || signal.aborted || Date.now() + waitMs > deadline) throw error;
      await sleep(waitMs);
      waitMs = Math.min(waitMs * 2, 500);
      await relearn(cluster, error);
    }
  }
}

async function fetchOnce(
  cluster: Cluster,
  topic: string,
  partition: number,
  position: number,
  maxBytes: number,
): Promise<{ records: readonly KafkaRecord[]; next: number; stable: number }> {
  if (!cluster.isConnected()) await cluster.connect();
  await cluster.addMultipleTargetTopics([topic]);
  await cluster.refreshMetadataIfNecessary();
  const known = cluster.findTopicPartitionMetadata(topic).find((one) => one.partitionId === partition);
  if (!known)
    throw new RangeError(`Cannot read '${topic}' as it has no partition ${partition}: check the topic`);
  const leader = await cluster.findBroker({ nodeId: known.leader });
  const { responses } = await leader.fetch({
    isolationLevel: READ_COMMITTED,
    maxWaitTime: 0,
    minBytes: 0,
    maxBytes,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(position), maxBytes }] }],
  });
  const fetched = responses[0]?.partitions[0];
  const slice = fetched?.messages[0];
  return {
    records: slice?.records ?? [],
    next: slice?.nextOffset ?? position,
    stable: Number(fetched?.lastStableOffset ?? position),
  };
}
