import type { History } from "../../../scripts/invariants/history.ts";

export interface Drain {
  /** Requests that had not ended when payment came back. */
  readonly backlog: number;
  /** Until no more than `few` were under way. */
  readonly seconds: number;
  /** Ends a second meanwhile; new requests kept coming. */
  readonly perSecond: number;
  /** Under way at the end of the log when it never came to that; 0: it drained. */
  readonly left: number;
}

/**
 * How the backlog went, by the log's own times: nobody watches meanwhile, whose work would be measured, too.
 * @param from - when payment came back, epoch ms
 */
export function drainOf(histories: Iterable<History>, from: number, few: number): Drain {
  const steps: { time: number; change: 1 | -1 }[] = [];
  for (const { requested, ends } of histories) {
    if (requested === undefined) continue;
    steps.push({ time: requested.time, change: 1 });
    const [first] = ends;
    if (first !== undefined) steps.push({ time: first.time, change: -1 });
  }
  steps.sort((a, b) => a.time - b.time);
  let [left, ended, time] = [0, 0, from];
  let backlog: number | undefined;
  for (const step of steps) {
    if (step.time > from) {
      backlog ??= left;
      if (left <= few) break;
      if (step.change < 0) ended++;
      time = step.time;
    }
    left += step.change;
  }
  const seconds = (time - from) / 1000;
  return {
    backlog: backlog ?? left,
    seconds,
    perSecond: ended / Math.max(seconds, 0.001),
    left: left <= few ? 0 : left,
  };
}
