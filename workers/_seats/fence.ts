import { concerts, reservations } from "../../schemas/topics.ts";
import type { Broker, KafkaPermissions } from "../_runtime/mod.ts";
import type { TopicNames } from "./told.ts";

/** Who decides on the seat map while reading what; the same as those workers' `reads`. */
export const DECIDERS: Readonly<Record<string, readonly (keyof TopicNames)[]>> = {
  settlement: ["payments", "reservations", "concerts"],
  expiry: ["reservations"],
};

/** What a worker that may rebuild the seat map does in Kafka beside its own reading. */
export const REBUILD_PERMISSIONS: KafkaPermissions = {
  reads: [concerts, reservations],
  fences: Object.keys(DECIDERS),
};

/**
 * Fences the transactional producers of settlement and expiry, partition by partition: an open transaction of
 * theirs is aborted, and what they decided before can't commit any more.
 */
export async function fenceDeciders(
  broker: Pick<Broker, "admin" | "transactional">,
  topics: TopicNames,
  signal: AbortSignal,
): Promise<void> {
  const counts = await broker.admin.partitionCounts(Object.values(topics));
  for (const [worker, reads] of Object.entries(DECIDERS))
    for (const read of reads)
      for (let partition = 0; partition < (counts.get(topics[read]) ?? 0); partition++) {
        signal.throwIfAborted();
        const producer = broker.transactional(`${worker}-${topics[read]}-${partition}`);
        try {
          await producer.fence();
        } finally {
          await producer.close();
        }
      }
}
