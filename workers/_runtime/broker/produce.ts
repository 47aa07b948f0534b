import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaBroker } from "kafkajs/src/broker/index.js";
import type Cluster from "kafkajs/src/cluster/index.js";
import errors from "kafkajs/src/protocol/error.js";
import { describe, relearn } from "./broker-error.ts";
import type { EncodedTopic } from "./produce-request.ts";

/** One partition's batch on its way, and what became of it. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
  /** `refused`: the broker's last word, nothing was written. `lost`: time is up. */
  state: "pending" | "written" | "refused" | "lost";
  error: Error | undefined;
  /** A request with it went out and was not answered with a plain no: it may have been written. */
  maybeWritten: boolean;
}

export function delivery(topic: string, partition: number, batch: Buffer): Delivery {
  return { topic, partition, batch, state: "pending", error: undefined, maybeWritten: false };
}

/** The batch may be in the log in spite of the error. */
const MAYBE_WRITTEN: ReadonlySet<string> = new Set([
  "REQUEST_TIMED_OUT",
  "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  "NETWORK_EXCEPTION",
  "KAFKA_STORAGE_ERROR",
]);

export interface ProduceOptions {
  readonly transactionalId: string | undefined;
  /** Epoch milliseconds; after it what is still pending is lost. */
  readonly deadline: number;
}

/**
 * Writes each batch to its partition's leader and waits for all in-sync replicas; tries again, byte for byte
 * the same (the idempotent producer's number makes repeats harmless), until the deadline. Never throws.
 */
export async function produce(
  cluster: Cluster,
  deliveries: readonly Delivery[],
  { transactionalId, deadline }: ProduceOptions,
): Promise<void> {
  let waitMs = 2;
  for (;;) {
    const pending = deliveries.filter((one) => one.state === "pending");
    if (pending.length === 0) return;
    const leaders = await findLeaders(cluster, pending);
    await Promise.all(
      [...leaders].map(([broker, batches]) => send(cluster, broker, batches, transactionalId, deadline)),
    );
    const rest = deliveries.filter((one) => one.state === "pending");
    if (rest.length === 0) return;
    if (Date.now() + waitMs >= deadline) {
      for (const one of rest) one.state = "lost";
      return;
    }
    await sleep(waitMs);
    waitMs = Math.min(waitMs * 2, 250);
    await relearn(cluster, rest[0]?.error);
  }
}

async function findLeaders(
  cluster: Cluster,
  pending: readonly Delivery[],
): Promise<Map<KafkaBroker, Delivery[]>> {
  const leaders = new Map<KafkaBroker, Delivery[]>();
  for (const one of pending) {
    try {
      const known = cluster
        .findTopicPartitionMetadata(one.topic)
        .find((partition) => partition.partitionId === one.partition);
      if (!known || known.leader < 0)
        throw new Error(`Cannot write to '${one.topic}' partition ${one.partition} as it has no leader`);
      const broker = await cluster.findBroker({ nodeId: known.leader });
      leaders.set(broker, [...(leaders.get(broker) ?? []), one]);
    } catch (error) {
      one.error = error instanceof Error ? error : new Error(String(error));
    }
  }
  return leaders;
}

async function send(
  cluster: Cluster,
  broker: KafkaBroker,
  batches: readonly Delivery[],
  transactionalId: string | undefined,
  deadline: number,
): Promise<void> {
  const topics = new Map<string, { partition: number; batch: Buffer }[]>();
  for (const { topic, partition, batch } of batches) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, batch });
    topics.set(topic, partitions);
  }
  const topicData: EncodedTopic[] = [...topics].map(([topic, partitions]) => ({ topic, partitions }));
  try {
    const timeout = Math.max(1, Math.min(10_000, deadline - Date.now()));
    const answer = await broker.produce({ topicData, transactionalId, acks: -1, timeout });
    const codes = new Map<string, number>();
    for (const { topicName, partitions } of answer.topics)
      for (const { partition, errorCode } of partitions) codes.set(`${topicName}-${partition}`, errorCode);
    for (const one of batches) settle(one, codes.get(`${one.topic}-${one.partition}`));
  } catch (error) {
    for (const one of batches) {
      one.error = error instanceof Error ? error : new Error(describe(error));
      one.maybeWritten = true;
    }
    await relearn(cluster, error);
  }
}

function settle(one: Delivery, code: number | undefined): void {
  if (code === undefined) {
    one.error = new Error(`The broker did not answer for '${one.topic}' partition ${one.partition}`);
    one.maybeWritten = true;
    return;
  }
  if (code === 0) {
    one.state = "written";
    return;
  }
  const error = errors.createErrorFromCode(code);
  one.error = error;
  // The number was used before: an earlier attempt whose answer was lost did write it.
  if (error.type === "DUPLICATE_SEQUENCE_NUMBER") one.state = "written";
  else if (MAYBE_WRITTEN.has(error.type)) one.maybeWritten = true;
  else if (!error.retriable) one.state = "refused";
}
