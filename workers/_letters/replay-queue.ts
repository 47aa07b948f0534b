import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { redisClient } from "../_runtime/redis.ts";

/** BullMQ's queue of jobs, each named by its plan. It only schedules: what there is to do stands in `fleet.plans`. */
export const REPLAYS = "replays";
/** Before every key of BullMQ's. */
export const QUEUE_PREFIX = "boxoffice";

/** Keeps a job going until it is through: an outage of a week is no reason to forget it. */
const FOR_EVER = 1_000_000_000;
const CLOSE_MS = 2_000;
const ADD_MS = 2_000;

export interface ReplayQueue {
  /** Has the plan's job taken up; one that waits or runs already stays as it is. Rejects when Redis is away. */
  schedule(plan: string): Promise<void>;
  close(): Promise<void>;
}

export interface ReplayQueueOptions {
  readonly url: string;
  readonly log: Logger;
  /** @default "boxoffice" */
  readonly prefix?: string;
}

export async function replayQueue({
  url,
  log,
  prefix = QUEUE_PREFIX,
}: ReplayQueueOptions): Promise<ReplayQueue> {
  // Loaded by those that use it: it costs 0.1 s.
  const { Queue } = await import("bullmq");
  const client = await redisClient(url, log, { maxRetriesPerRequest: 0 });
  const queue = new Queue(REPLAYS, {
    connection: client,
    prefix,
    skipVersionCheck: true,
    defaultJobOptions: {
      attempts: FOR_EVER,
      backoff: { type: "bounded" },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 1,
    },
  });
  queue.on("error", (error) => log.debug({ err: error }, "BullMQ met an error"));
  return {
    async schedule(plan) {
      const added = queue.add("replay", { plan }, { jobId: plan });
      added.catch(() => {});
      const late = sleep(ADD_MS, undefined, { ref: false }).then(() => {
        throw new Error(`Cannot schedule replay '${plan}' as Redis doesn't answer`);
      });
      late.catch(() => {});
      await Promise.race([added, late]);
    },
    async close() {
      await Promise.race([queue.close().catch(() => {}), sleep(CLOSE_MS, undefined, { ref: false })]);
      client.disconnect();
    },
  };
}
