import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "bullmq";
import type { Logger } from "pino";
import { QUEUE_PREFIX, REPLAYS } from "../_letters/mod.ts";
import { redisClient } from "../_runtime/mod.ts";

export interface TakeOptions {
  readonly url: string;
  readonly log: Logger;
  /** @default "boxoffice" */
  readonly prefix?: string;
}

/** Carries one plan's job out; `progress` is for people who look at BullMQ's queues, and may be lost. */
export type CarryOut = (
  plan: string,
  signal: AbortSignal,
  progress: (progress: object) => void,
) => Promise<void>;

/** Jobs side by side; most of their time they wait for outcomes, and those of a worker that is away for long. */
const CONCURRENCY = 100;
/** A replayer that dies holds its jobs for as long at most. */
const LOCK_MS = 10_000;
const STALLED_EVERY_MS = 3_000;
const CLOSE_MS = 5_000;
const FOR_EVER = 1_000_000_000;

/**
 * Takes jobs from BullMQ's queue until closed. One that fails (Kafka is away) is tried again for ever, after 0.5 s to
 * 30 s. One whose lock is gone (Redis was emptied, or another replayer took it for stalled) is let go at once.
 */
export async function takeJobs(
  { url, log, prefix = QUEUE_PREFIX }: TakeOptions,
  carryOut: CarryOut,
): Promise<{ close(): Promise<void> }> {
  const { Worker } = await import("bullmq");
  // BullMQ waits in blocking calls on a copy of it, which must outlast an outage.
  const client = await redisClient(url, log, { maxRetriesPerRequest: null });
  const running = new Map<string, { readonly ended: Promise<void>; readonly abort: AbortController }>();
  const closing = new AbortController();

  const take = async (plan: string, progress: (progress: object) => void): Promise<void> => {
    // Emptied Redis lets this very process be given a job that it still runs, twice even: the former run lets go first.
    for (let before = running.get(plan); before; before = running.get(plan)) {
      before.abort.abort(new Error("the job was given out anew"));
      await before.ended.catch(() => {});
      if (running.get(plan) === before) running.delete(plan);
    }
    const abort = new AbortController();
    const ended = carryOut(plan, AbortSignal.any([closing.signal, abort.signal]), progress);
    const mine = { ended, abort };
    running.set(plan, mine);
    try {
      await ended;
    } finally {
      if (running.get(plan) === mine) running.delete(plan);
    }
  };

  const carry = (job: Job<{ plan: string }>) =>
    take(job.data.plan, (progress) => void job.updateProgress(progress).catch(() => {}));

  const worker = new Worker<{ plan: string }>(REPLAYS, carry, {
    connection: client,
    prefix,
    concurrency: CONCURRENCY,
    skipVersionCheck: true,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_EVERY_MS,
    maxStalledCount: FOR_EVER,
    settings: { backoffStrategy: (attempts) => Math.min(500 * 2 ** Math.min(attempts - 1, 10), 30_000) },
  });
  worker.on("error", (error) => log.debug({ err: error }, "BullMQ met an error"));
  worker.on("failed", (job, error) => {
    if (!closing.signal.aborted)
      log.warn({ plan: job?.id, err: error }, "a replay stopped, it is tried again");
  });
  worker.on("lockRenewalFailed", (plans) => {
    for (const plan of plans) running.get(plan)?.abort.abort(new Error("the job's lock is gone"));
  });
  return {
    async close() {
      closing.abort(new Error("the replayer shuts down"));
      await Promise.race([worker.close().catch(() => {}), sleep(CLOSE_MS, undefined, { ref: false })]);
      client.disconnect();
    },
  };
}
