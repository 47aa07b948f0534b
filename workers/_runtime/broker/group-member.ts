import type { Consumer, EachBatchPayload } from "kafkajs";
import type ConsumerGroup from "kafkajs/src/consumer/consumerGroup.js";
import createConsumer from "kafkajs/src/consumer/index.js";
import type { Logger } from "pino";
import { assigner } from "./assigner.ts";
import { errorType, isBrokerAway, isCoordinatorMoved } from "./broker-error.ts";
import { type Connections, disconnect } from "./connections.ts";
import { drainWithHeartbeats } from "./drain.ts";
import type { Slice } from "./fetch-response.ts";
import { type GroupHooks, hookGroup } from "./kafkajs-patches.ts";
import { backIntoRange } from "./out-of-range.ts";
import type { GroupMember, MemberEvents, MemberOptions } from "./port.ts";
import { subscribe } from "./subscription.ts";

/** All fields: kafkajs' own defaults depend on NODE_ENV. */
const CONSUMER_RETRY = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  retries: 20,
  factor: 0.2,
  multiplier: 2,
};

/** Before a start anew that kafkajs doesn't make by itself. */
const ANEW_MS = 1_000;

/** What a rejoin asked for by us pretends the coordinator said. */
const REJOIN = Object.assign(new Error("Asked to join again"), { type: "REBALANCE_IN_PROGRESS" });

export function groupMember(
  pool: Connections,
  options: MemberOptions,
  events: MemberEvents,
  log: Logger,
): GroupMember {
  const { groupId, sessionTimeoutMs = 6_000, rebalanceTimeoutMs } = options;
  const { maxWaitMs = 250, maxBytesPerPartition = 1_048_576 } = options;
  const heartbeatMs = Math.min(1_500, sessionTimeoutMs / 4);
  const cluster = pool.cluster("read committed");
  /** `<topic>-<partition>` of what may be delivered; all else is paused. */
  const resumed = new Set<string>();
  const subscription = subscribe(cluster, options.families, log);
  let group: ConsumerGroup | undefined;
  let memberId: string | undefined;
  let drained: AbortController | undefined;
  let rejoining = false;
  let beating = 0;
  let sentAt = Number.NEGATIVE_INFINITY;
  let generation = -1;
  let stopping = false;
  /** Fetchers, one per broker, that found everything paused. */
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const go of waiting.splice(0)) go();
  };

  const hooks: GroupHooks = {
    async beforeJoin(current) {
      if (stopping) throw Object.assign(new Error("Stopping: not joining again"), { retriable: false });
      group = current;
      rejoining = false;
      const expelled = new AbortController();
      drained = expelled;
      await drain(current, expelled);
      if (stopping) throw Object.assign(new Error("Stopping: not joining again"), { retriable: false });
      await subscription.relist();
      subscription.apply(current);
    },
    async heartbeat(send) {
      if (rejoining) {
        rejoining = false;
        throw REJOIN;
      }
      // Calls share the one that is on its way: its time is the first one's.
      if (beating === 0) sentAt = performance.now();
      beating++;
      try {
        await send();
      } finally {
        beating--;
      }
    },
    idle() {
      if (resumed.size > 0 || stopping) return undefined;
      return new Promise((resolve) => {
        const timer = setTimeout(wake, maxWaitMs);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    async beforeRecovery(error) {
      if (errorType(error) === "UNKNOWN_TOPIC_OR_PARTITION") await subscription.relist();
    },
    outOfRange: (current, topic, partition) => backIntoRange(current, topic, partition, log),
  };
  hookGroup(cluster, hooks);

  const drain = async (current: ConsumerGroup, expelled: AbortController) => {
    const { memberId: known, generationId } = current;
    // It was a member and is none now: expelled, or the consumer started anew after a crash.
    if (known !== memberId && memberId !== undefined) expelled.abort();
    try {
      if (!known || generationId === null || expelled.signal.aborted) await events.drain(expelled.signal);
      else
        await drainWithHeartbeats(
          cluster,
          { groupId, memberId: known, generationId },
          heartbeatMs,
          (signal) => events.drain(signal),
          expelled,
          (at) => events.heartbeat(at),
        );
    } catch (error) {
      // The join must go on: what wasn't drained is fenced by the next owner.
      log.error({ err: error, groupId }, "draining before a join failed");
    }
  };

  const consumer: Consumer = createConsumer({
    cluster,
    logger: pool.logger,
    groupId,
    partitionAssigners: [
      assigner(cluster, () => ({
        owned: options.owned(),
        families: subscription.families,
      })),
    ],
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 6),
    maxBytesPerPartition,
    maxWaitTimeInMs: maxWaitMs,
    isolationLevel: 1,
    metadataMaxAge: 300_000,
    retry: { ...CONSUMER_RETRY, restartOnFailure: async () => !stopping },
  });

  const crash = (error: Error) => {
    if (stopping) return;
    log.error({ err: error, groupId }, "the consumer can't go on");
    events.crashed(error);
  };

  consumer.on(consumer.events.HEARTBEAT, () => events.heartbeat(sentAt));
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    // kafkajs takes some of what passes for an end: that no broker named the coordinator in time, or that a connection
    // was waited for too long. A busy machine brings both about.
    const anew = !restart && (isBrokerAway(error) || isCoordinatorMoved(error));
    if (!restart && !anew) return crash(error);
    log.warn({ err: error, groupId }, "the consumer starts anew");
    void subscription.relist();
    if (anew) setTimeout(() => !stopping && run().catch(crash), ANEW_MS);
  });
  // Emitted synchronously before the first fetch: whatever is awaited here comes too late.
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    if (stopping || !group) return;
    resumed.clear();
    const { memberAssignment } = payload;
    group.subscriptionState.pause(
      Object.entries(memberAssignment).map(([topic, partitions]) => ({ topic, partitions })),
    );
    // A generation that it joined and missed the assignment of may have given its partitions to others and back.
    const next = group.generationId ?? 0;
    const sameMember = memberId === payload.memberId && next === generation + 1;
    generation = next;
    memberId = payload.memberId;
    const assigned = subscription.families.map((topics) => ({
      topics,
      partitions: [...(memberAssignment[topics[0] ?? ""] ?? [])].sort((a, b) => a - b),
    }));
    try {
      events.assigned({ families: assigned, memberId, sameMember });
    } catch (error) {
      crash(error instanceof Error ? error : new Error(String(error)));
    }
  });

  /** Returns at once and never throws: kafkajs' next fetch waits for it, and its retries end in a crash. */
  const eachBatch = async ({ batch, resolveOffset, isRunning, isStale }: EachBatchPayload) => {
    const { topic, partition } = batch;
    if (stopping || !isRunning() || isStale() || !resumed.has(`${topic}-${partition}`)) return;
    // One for all that was fetched (`fetch-response.ts`).
    const slice = batch.messages[0] as unknown as Slice;
    const from = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    const first = slice.records[0];
    // A fetch begins at a batch's first offset, which can lie before the position.
    const records =
      first && first.offset < from ? slice.records.filter(({ offset }) => offset >= from) : slice.records;
    try {
      const taken = events.batch(topic, partition, records, slice.nextOffset);
      if (taken && !isStale()) resolveOffset(slice.offset);
    } catch (error) {
      crash(error instanceof Error ? error : new Error(String(error)));
    }
  };

  /** Again only after kafkajs has given up: until then it does nothing. */
  const run = () =>
    consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch,
    });

  return {
    async start() {
      await consumer.connect();
      await consumer.subscribe({ topics: [...(await subscription.first())], fromBeginning: true });
      await run();
    },
    pause(topic, partition) {
      resumed.delete(`${topic}-${partition}`);
      group?.subscriptionState.pause([{ topic, partitions: [partition] }]);
    },
    resume(topic, partition) {
      resumed.add(`${topic}-${partition}`);
      group?.subscriptionState.resume([{ topic, partitions: [partition] }]);
      wake();
    },
    seek(topic, partition, offset) {
      group?.seek({ topic, partition, offset: String(offset) });
    },
    rejoin() {
      rejoining = true;
    },
    async stop(timeoutMs) {
      stopping = true;
      resumed.clear();
      wake();
      drained?.abort();
      await disconnect(pool, cluster, () => consumer.disconnect(), timeoutMs);
    },
  };
}
