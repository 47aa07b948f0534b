import type { KafkaBroker } from "kafkajs/src/broker/index.js";
import type { OffsetCommit, OutRecord } from "../record.ts";
import { encodeBatch } from "./batch-encoder.ts";
import { describe, errorCode, errorType } from "./broker-error.ts";
import type { Compression } from "./compression.ts";
import { type Connections, disconnect } from "./connections.ts";
import { type Coordinator, coordinator, GROUP, TRANSACTION } from "./coordinator.ts";
import { DENSEST, isTooLarge } from "./densest.ts";
import { isRecordRefused, TransactionFailed } from "./failures.ts";
import type { TransactionalProducer } from "./port.ts";
import { type Delivery, delivery, produce } from "./produce.ts";
import { type PartitionRecords, spread, type Turns } from "./spread.ts";

/** The broker aborts what is open for longer: so long can a dead member hold up readers. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const FENCE_TIMEOUT_MS = 20_000;
/** All steps of a commit but the last; under the transaction's own timeout. */
const WRITE_TIMEOUT_MS = 8_000;
const END_TIMEOUT_MS = 8_000;
const GOODBYE_MS = 1_000;

interface Identity {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

/**
 * Transactions on kafkajs' connections, without its producer: that one doesn't retry what it should, asks for
 * the coordinator before each step, and is stuck after a failure.
 */
export function transactionalProducer(
  pool: Connections,
  transactionalId: string,
  compression: Compression,
): TransactionalProducer {
  const cluster = pool.cluster("read committed");
  const transactions = coordinator(cluster, transactionalId, TRANSACTION);
  const groups = new Map<string, Coordinator>();
  const sequences = new Map<string, number>();
  const turns: Turns = new Map();
  let identity: Identity | undefined;
  let spent = false;
  let busy = false;
  /** Whether each delivery of the last transaction is known to have been written or refused. */
  let settled = true;

  const groupOf = (groupId: string) => {
    const known = groups.get(groupId) ?? coordinator(cluster, groupId, GROUP);
    groups.set(groupId, known);
    return known;
  };

  const encode = (
    { topic, partition, records }: PartitionRecords,
    { producerId, producerEpoch }: Identity,
    codec: Compression,
  ): Delivery => {
    const place = `${topic}-${partition}`;
    const firstSequence = sequences.get(place) ?? 0;
    const options = {
      producerId: Number(producerId),
      producerEpoch,
      firstSequence,
      transactional: true,
      compression: codec,
      timestamp: Date.now(),
    };
    try {
      return delivery(topic, partition, encodeBatch(records, options));
    } catch (error) {
      throw new EncodingFailed(describe(error), { cause: error });
    }
  };

  const write = async (who: Identity, records: readonly OutRecord[], deadline: number) => {
    await cluster.addMultipleTargetTopics([...new Set(records.map((record) => record.topic))]);
    await cluster.refreshMetadataIfNecessary();
    const parts = spread(cluster, records, turns);
    const deliveries = parts.map((part) => encode(part, who, compression));
    await transactions.call(deadline, (broker) =>
      broker.addPartitionsToTxn({ ...who, topics: byTopic(parts, (part) => part.partition) }),
    );
    await produce(cluster, deliveries, { transactionalId, deadline });
    if (compression !== DENSEST) {
      deliveries.forEach((one, i) => {
        const part = parts[i];
        if (part && isTooLarge(one)) deliveries[i] = encode(part, who, DENSEST);
      });
      await produce(cluster, deliveries, { transactionalId, deadline });
    }
    // What the broker refused was not appended: its partition's sequence stays where it is.
    parts.forEach(({ topic, partition, records: written }, i) => {
      if (deliveries[i]?.state !== "written") return;
      const place = `${topic}-${partition}`;
      sequences.set(place, ((sequences.get(place) ?? 0) + written.length) % SEQUENCES);
    });
    settled = deliveries.every(
      ({ state, error }) => state === "written" || isRecordRefused(errorType(error)),
    );
    const failed =
      deliveries.find((one) => isRecordRefused(errorType(one.error))) ??
      deliveries.find((one) => one.state !== "written");
    if (failed)
      throw (
        failed.error ?? new Error(`Cannot write to '${failed.topic}' partition ${failed.partition} in time`)
      );
  };

  const sendOffsets = async (
    who: Identity,
    groupId: string,
    offsets: readonly OffsetCommit[],
    deadline: number,
  ) => {
    await transactions.call(deadline, (broker) => broker.addOffsetsToTxn({ ...who, groupId }));
    const topics = byTopic(offsets, ({ partition, offset, metadata }) => ({
      partition,
      offset: String(offset),
      metadata,
    }));
    await groupOf(groupId).call(deadline, (broker) => broker.txnOffsetCommit({ ...who, groupId, topics }));
  };

  const end = (who: Identity, commit: boolean) =>
    transactions.call(Date.now() + END_TIMEOUT_MS, (broker: KafkaBroker) =>
      broker.endTxn({ ...who, transactionResult: commit }),
    );

  /** So that readers need not wait for the timeout; that the record was refused is the news, not this. */
  const abort = (who: Identity) =>
    end(who, false).then(
      () => true,
      () => false,
    );

  return {
    async fence() {
      if (spent) throw new TransactionFailed("unknown", `Producer '${transactionalId}' is spent`);
      try {
        const { producerId, producerEpoch } = await transactions.call(
          Date.now() + FENCE_TIMEOUT_MS,
          (broker) => broker.initProducerId({ transactionalId, transactionTimeout: TRANSACTION_TIMEOUT_MS }),
        );
        identity = { transactionalId, producerId, producerEpoch };
        sequences.clear();
      } catch (error) {
        spent = true;
        throw new TransactionFailed(
          "unknown",
          `Cannot initialise transactional id '${transactionalId}': ${describe(error)}`,
          { cause: error },
        );
      }
    },

    async commit(groupId, records, offsets) {
      if (!identity || spent || busy)
        throw new TransactionFailed(
          "unknown",
          `Cannot commit with '${transactionalId}' as it ${spent ? "is spent" : busy ? "is committing" : "was not fenced"}`,
        );
      if (records.length === 0 && offsets.length === 0) return;
      const who = identity;
      busy = true;
      let ending = false;
      settled = true;
      try {
        const deadline = Date.now() + WRITE_TIMEOUT_MS;
        await bothDone([
          records.length > 0 ? write(who, records, deadline) : undefined,
          offsets.length > 0 ? sendOffsets(who, groupId, offsets, deadline) : undefined,
        ]);
        ending = true;
        await end(who, true);
      } catch (error) {
        const kind = failureKind(error, ending);
        const aborted = kind === "refused" && (await abort(who));
        // Everything is known: not a record of it happened, and the producer may go on with the next transaction.
        spent = !aborted || !settled;
        throw new TransactionFailed(
          kind,
          `Transaction of '${transactionalId}' failed: ${describe(error)}`,
          { cause: error },
          spent,
        );
      } finally {
        busy = false;
      }
    },

    async close() {
      spent = true;
      await disconnect(pool, cluster, () => cluster.disconnect(), GOODBYE_MS);
    },
  };
}

/**
 * `fenced` and `refused` are told only when they are certain. While ending, a repeated request may have been
 * answered the first time: whatever is said then, the transaction may have happened.
 */
export function failureKind(error: unknown, ending: boolean): "fenced" | "refused" | "unknown" {
  if (ending) return "unknown";
  const type = errorType(error);
  // 47, or 90 of newer brokers, which kafkajs doesn't know by name: a later initialisation has a higher epoch.
  if (type === "INVALID_PRODUCER_EPOCH" || /\b90$/.test(unknownCode(error))) return "fenced";
  if (isRecordRefused(type) || error instanceof EncodingFailed) return "refused";
  return "unknown";
}

function unknownCode(error: unknown): string {
  return errorCode(error) === -99 ? describe(error) : "";
}

/** Ends only when neither is on its way any more: nothing may be written behind an abort. */
async function bothDone(steps: readonly (Promise<void> | undefined)[]): Promise<void> {
  const failures = (await Promise.allSettled(steps)).flatMap((step) =>
    step.status === "rejected" ? [step.reason as unknown] : [],
  );
  const told = failures.find((error) => failureKind(error, false) !== "unknown") ?? failures[0];
  if (told !== undefined) throw told;
}

/** A record that can't be put into bytes: its header names or its size are impossible. */
class EncodingFailed extends Error {
  override name = "EncodingFailed";
}

const SEQUENCES = 2 ** 31;

function byTopic<T extends { readonly topic: string }, P>(
  items: readonly T[],
  each: (item: T) => P,
): { topic: string; partitions: P[] }[] {
  const topics = new Map<string, P[]>();
  for (const item of items) {
    const partitions = topics.get(item.topic) ?? [];
    partitions.push(each(item));
    topics.set(item.topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
