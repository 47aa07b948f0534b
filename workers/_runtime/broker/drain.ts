import { setTimeout as sleep } from "node:timers/promises";
import type Cluster from "kafkajs/src/cluster/index.js";
import { errorType } from "./broker-error.ts";

export interface Membership {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
}

/**
 * Runs `drain` before a join and heartbeats meanwhile, since kafkajs doesn't: without it the member is
 * expelled after the session timeout and another one opens what is still being finished here. `expelled` is
 * aborted when the group no longer knows the member. Never throws but what `drain` throws.
 */
export async function drainWithHeartbeats(
  cluster: Cluster,
  membership: Membership,
  intervalMs: number,
  drain: (expelled: AbortSignal) => Promise<void>,
  expelled: AbortController,
  beaten: (sentAt: number) => void,
): Promise<void> {
  const done = new AbortController();
  const beating = beat(cluster, membership, intervalMs, done.signal, expelled, beaten);
  try {
    await drain(expelled.signal);
  } finally {
    done.abort();
    await beating;
  }
}

async function beat(
  cluster: Cluster,
  { groupId, memberId, generationId }: Membership,
  intervalMs: number,
  done: AbortSignal,
  expelled: AbortController,
  beaten: (sentAt: number) => void,
): Promise<void> {
  while (!done.aborted && !expelled.signal.aborted) {
    // The first wait too: most drains are shorter.
    await sleep(intervalMs, undefined, { signal: done }).catch(() => {});
    if (done.aborted) return;
    const sentAt = performance.now();
    try {
      const coordinator = await cluster.findGroupCoordinator({ groupId });
      await coordinator.heartbeat({ groupId, groupGenerationId: generationId, memberId });
      beaten(sentAt);
    } catch (error) {
      const type = errorType(error);
      // The normal answer while others join; it renews the session like a good one.
      if (type === "REBALANCE_IN_PROGRESS") beaten(sentAt);
      else if (type === "UNKNOWN_MEMBER_ID" || type === "ILLEGAL_GENERATION") expelled.abort();
      // Anything else is an outage: the session may still be alive when it ends.
    }
  }
}
