import type { Drained } from "./drain-run.ts";
import type { Handling } from "./queues.ts";
import { type Moment, simulate } from "./simulate.ts";
import { histogram, STEP_MS } from "./trace.ts";

/** How far the simulation was from what happened. */
export interface Comparison {
  readonly name: string;
  readonly records: number;
  /** From the first request to the last payment, seconds. */
  readonly real: number;
  readonly simulated: number;
  /** Largest distance of the two curves of what is done, as a share of all records. */
  readonly furthest: number;
  readonly mostLag: { readonly real: number; readonly simulated: number };
}

/** Long enough for any drain to end. */
const MOST_SECONDS = 300;

export interface Setting {
  readonly partitions: number;
  readonly member: Omit<Handling, "handlerSeconds">;
  /** Of payment members at the beginning. */
  readonly pods: number;
  /** How long the group stood when the second member joined, its handlers having ended, seconds. */
  readonly join: number;
  /** From the second member's exec until it joins, seconds. */
  readonly start: number;
}

/** Plays the same arrivals and the same members. */
export function compare(drained: Drained, { partitions, member, pods, join, start }: Setting): Comparison {
  const { name, arrivedAt, paidAt, handlerSeconds, secondStartedAt } = drained;
  const steps = (MOST_SECONDS * 1000) / STEP_MS;
  const arrivals = padded(histogram(arrivedAt, STEP_MS), steps);
  const { moments } = simulate({
    ...{ arrivals, stepSeconds: STEP_MS / 1000, partitions, pods, autoscaler: undefined },
    member: { ...member, handlerSeconds },
    times: { schedule: 0, start, join },
    orders: secondStartedAt === undefined ? [] : [{ at: secondStartedAt / 1000, pods: 2 }],
  });
  const paid = runningSum(padded(histogram(paidAt, STEP_MS), steps));
  const arrived = runningSum(arrivals);
  const distances = moments.map(({ done }, i) => Math.abs(done - (paid[i] ?? 0)));
  const lags = paid.map((count, i) => (arrived[i] ?? 0) - count);
  return {
    ...{ name, records: arrivedAt.length },
    real: (paidAt.at(-1) ?? 0) / 1000,
    simulated: drainedAt(moments),
    furthest: Math.max(...distances) / arrivedAt.length,
    mostLag: { real: Math.max(...lags), simulated: Math.max(...moments.map(({ lag }) => lag)) },
  };
}

/** When the last record was done. */
export function drainedAt(moments: readonly Moment[]): number {
  const all = moments.at(-1)?.done ?? 0;
  return moments.find(({ done }) => done === all)?.at ?? 0;
}

/** The longest time without a payment from `from` on, ms: so long did the group stand, less what passes between two. */
export function longestGap(paidAt: readonly number[], from: number): number {
  let longest = 0;
  for (const [i, at] of paidAt.entries()) {
    const before = paidAt[i - 1];
    if (before !== undefined && at >= from) longest = Math.max(longest, at - Math.max(before, from));
  }
  return longest;
}

function padded(counts: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => counts[i] ?? 0);
}

function runningSum(counts: readonly number[]): number[] {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}
