import { concerts, payments, reservations } from "../../schemas/topics.ts";
import type { Broker } from "../_runtime/mod.ts";

/** Who decides on the seat map while reading what; the same as those workers' `reads`. */
export const DECIDERS: Readonly<Record<string, readonly string[]>> = {
  settlement: [payments.name, reservations.name, concerts.name],
  expiry: [reservations.name],
};

/**
 * Fences the transactional producers of settlement and expiry, partition by partition: an open transaction of
 * theirs is aborted, and what they decided before can't commit any more.
 */
export async function fenceWorkers(
  broker: Pick<Broker, "admin" | "transactional">,
  signal: AbortSignal,
): Promise<void> {
  const topics = [...new Set(Object.values(DECIDERS).flat())];
  const counts = await broker.admin.partitionCounts(topics);
  for (const [worker, read] of Object.entries(DECIDERS))
    for (const topic of read)
      for (let partition = 0; partition < (counts.get(topic) ?? 0); partition++) {
        signal.throwIfAborted();
        const producer = broker.transactional(`${worker}-${topic}-${partition}`);
        try {
          await producer.fence();
        } finally {
          await producer.close();
        }
      }
}
