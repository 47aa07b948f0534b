import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { isUnfinished, type PlanLog, type ReplayQueue } from "../_letters/mod.ts";

/** How often the log is asked what should run. */
const EVERY_MS = 2_000;

export interface ReconcileParts {
  readonly log: PlanLog;
  readonly queue: ReplayQueue;
  readonly logger: Logger;
}

/**
 * Has every job scheduled that should run by the log, again and again until `signal`: Redis may have been emptied, or
 * was away when an operator started it. One that is scheduled already stays as it is.
 */
export async function reconcile(
  { log, queue, logger }: ReconcileParts,
  signal: AbortSignal,
  looked: () => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await log.catchUp(signal);
      for (const { plan, order, said } of log.all())
        if (order && isUnfinished(said, Date.now())) await queue.schedule(plan.plan);
      looked();
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, "could not look for replays that should run");
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
