import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { OpenLetters } from "../_letters/mod.ts";

export interface WatchLettersParts {
  readonly count: (signal: AbortSignal) => Promise<readonly OpenLetters[]>;
  /** Told after each look; after one that failed what was counted last, for it grows older. */
  readonly counted: (letters: readonly OpenLetters[]) => void;
  readonly log: Logger;
  /** Between two looks. @default 30_000 */
  readonly everyMs?: number;
}

/** Counts what is open in the DLQs, again and again until `signal`; an outage ends nothing. */
export async function watchLetters(
  { count, counted, log, everyMs = 30_000 }: WatchLettersParts,
  signal: AbortSignal,
): Promise<void> {
  let last: readonly OpenLetters[] | undefined;
  while (!signal.aborted) {
    try {
      last = await count(signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, "could not count the dead letters; trying again later");
    }
    if (last !== undefined && !signal.aborted) counted(last);
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {});
  }
}
