import { pauseOrThrow } from "../pause-or-throw.ts";
import type { Supervised } from "./supervise.ts";

const ASK_EVERY_MS = 100;

type Waiting = Pick<Supervised, "name" | "ready" | "logFile" | "whenReady">;

/** @throws {Error} with its last lines when one is given up, or naming those that are late when `signal` aborts */
export async function untilReady(processes: readonly Waiting[], signal: AbortSignal): Promise<void> {
  const given = processes.map((each) => each.whenReady());
  // One that is given up ends the wait for all; those that are fine are waited for by `ready`.
  const failed = Promise.all(given).then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  while (processes.some((each) => !each.ready)) {
    if (signal.aborted) {
      const late = processes.filter((each) => !each.ready).map((each) => `${each.name} (${each.logFile})`);
      throw new Error(`Cannot go on as these are not ready: ${late.join(", ")}`, { cause: signal.reason });
    }
    await Promise.race([failed, pauseOrThrow(ASK_EVERY_MS, signal).catch(() => {})]);
  }
}

/** Intake can hold seats once the seat map is built and the concert is in its catalogue. */
export async function untilOnSale(intakeUrl: string, concertId: string, signal: AbortSignal): Promise<void> {
  const url = `${intakeUrl}/concerts/${encodeURIComponent(concertId)}/seats`;
  for (let last = "no answer"; ; ) {
    if (signal.aborted)
      throw new Error(`Cannot go on as the seats are not on sale: ${url} answered ${last}`, {
        cause: signal.reason,
      });
    try {
      const answer = await fetch(url, { signal });
      if (answer.ok) return;
      last = `${answer.status} ${await answer.text()}`;
    } catch (error) {
      last = String(error);
    }
    await pauseOrThrow(ASK_EVERY_MS, signal).catch(() => {});
  }
}
