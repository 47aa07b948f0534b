import type { Logger } from "pino";
import type { Broker, CommittedOffset, TransactionalProducer, TransactionFailed } from "./broker.ts";
import type { OffsetCommit } from "./record.ts";
import { pause } from "./wait.ts";

export interface RecoveryParts {
  readonly broker: Broker;
  readonly groupId: string;
  readonly transactionalId: string;
  /** Resolves after the next heartbeat that is answered well, or a join. */
  readonly heartbeat: (signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
}

export interface Recovered {
  readonly producer: TransactionalProducer;
  /** Whether the transaction that failed happened after all. */
  readonly committed: boolean;
}

/**
 * After a failure the producer is spent. Ownership is proved by a heartbeat before a new one is initialised (else a
 * zombie and the owner fence each other for ever); then the committed offsets say whether the transaction happened.
 * Goes on until it knows; undefined when `signal` was aborted.
 */
export async function recover(
  parts: RecoveryParts,
  spent: TransactionalProducer,
  offsets: readonly OffsetCommit[],
  failure: TransactionFailed,
  signal: AbortSignal,
): Promise<Recovered | undefined> {
  const { broker, groupId, transactionalId, log } = parts;
  if (failure.kind === "unknown")
    log.warn({ err: failure, transactionalId }, "a transaction failed; its outcome is asked for");
  let producer = spent;
  for (let waitMs = 100; !signal.aborted; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      await producer.close();
      await parts.heartbeat(signal);
      if (signal.aborted) return undefined;
      producer = broker.transactional(transactionalId);
      await producer.fence();
      const topics = offsets.map(({ topic }) => topic);
      const stands = await broker.admin.committed(groupId, topics);
      const committed = offsets.every((offset) => isCommitted(offset, stands.get(offset.topic)));
      if (!signal.aborted) return { producer, committed };
    } catch (error) {
      if (signal.aborted) break;
      log.warn({ err: error, transactionalId }, "could not initialise the producer again; trying on");
      await pause(waitMs, signal);
    }
  }
  // Nobody else would: its partition was closed with the former producer.
  await producer.close();
  return undefined;
}

function isCommitted(wanted: OffsetCommit, stands: readonly CommittedOffset[] | undefined): boolean {
  const found = stands?.find(({ partition }) => partition === wanted.partition);
  return found !== undefined && found.offset === wanted.offset && found.metadata === wanted.metadata;
}
