import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaBroker } from "kafkajs/src/broker/index.js";
import type Cluster from "kafkajs/src/cluster/index.js";
import { errorType, isConnectionError, isCoordinatorMoved, relearn } from "./broker-error.ts";

export const GROUP = 0;
export const TRANSACTION = 1;

/** The broker that keeps a group or a transactional id; found once, and again when it moved. */
export interface Coordinator {
  /**
   * Calls it, again after what passes by itself: the coordinator moved or is loading, the connection broke
   * (only for calls that may be repeated: all of ours), or the former transaction's markers are still being
   * written. Errors that last beyond `deadline` (epoch ms), and all others, are thrown.
   */
  call<T>(deadline: number, request: (broker: KafkaBroker) => Promise<T>): Promise<T>;
}

const CONCURRENT_WAIT_MS = 2;
const LONGEST_WAIT_MS = 250;

export function coordinator(cluster: Cluster, id: string, coordinatorType: 0 | 1): Coordinator {
  let broker: KafkaBroker | undefined;
  return {
    async call(deadline, request) {
      let waitMs = CONCURRENT_WAIT_MS;
      for (;;) {
        try {
          if (!cluster.isConnected()) await cluster.connect();
          broker ??= await cluster.findGroupCoordinator({ groupId: id, coordinatorType });
          return await request(broker);
        } catch (error) {
          const concurrent = errorType(error) === "CONCURRENT_TRANSACTIONS";
          const passing = concurrent || isCoordinatorMoved(error) || isConnectionError(error);
          if (!passing || Date.now() + waitMs >= deadline) throw error;
          if (!concurrent) {
            broker = undefined;
            await relearn(cluster, error);
          }
          await sleep(waitMs);
          // Markers take a millisecond or two: asking slowly would cost more than asking often.
          waitMs = Math.min(waitMs * (concurrent ? 1.2 : 2), concurrent ? 50 : LONGEST_WAIT_MS);
        }
      }
    },
  };
}
