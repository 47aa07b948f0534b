import type { Assumed } from "./assumed.ts";
import type { Scaling } from "./keda.ts";
import type { MeasuredSpike } from "./measured.ts";
import { type Handling, percentile } from "./queues.ts";
import { type Course, type Scenario, simulate } from "./simulate.ts";
import { together } from "./trace.ts";

/** What payment works at: all else on its topic is done at once. */
export const WORK = ["ReservationRequested", "CancellationRequested", "RefundRequested"];

/** A way to scale payment, played over the recorded on-sale. */
export interface Policy {
  readonly name: string;
  /** Pods before the on-sale. */
  readonly pods: number;
  /** Undefined: their number stays. */
  readonly scaling: Scaling | undefined;
  /** In the plot, where there is room for four. @default false */
  readonly shown?: boolean;
  /** Until a pod starts. @default SCHEDULE_SECONDS */
  readonly scheduleSeconds?: number;
}

export interface Played {
  readonly policy: Policy;
  readonly course: Course;
  readonly records: number;
  readonly p50: number;
  readonly p99: number;
  readonly mostLag: number;
  readonly mostPods: number;
  /** From the on-sale's beginning until all is done, seconds; undefined: not by the end. */
  readonly drained: number | undefined;
}

/** Quiet before the on-sale, and what is looked at after its beginning, seconds. */
export const BEFORE_SECONDS = 60;
export const AFTER_SECONDS = 900;
/** The autoscaler's (`--horizontal-pod-autoscaler-sync-period`). */
const EVERY_SECONDS = 15;
/** The on-sale begins just after a look: the worst that can happen, and somebody's turn it is. */
const FIRST_SECONDS = EVERY_SECONDS - 0.1;
/** On a node with room that has the image. */
export const SCHEDULE_SECONDS = 5;
const COMMIT_SECONDS = 0.1;

export interface Ground {
  readonly spike: MeasuredSpike;
  readonly assumed: Assumed;
  readonly concurrency: number;
  readonly partitions: number;
}

export function memberOf({ assumed, concurrency }: Pick<Ground, "assumed" | "concurrency">): Handling {
  return { concurrency, handlerSeconds: assumed.gatewaySeconds, commitSeconds: COMMIT_SECONDS };
}

/** The recorded on-sale, made `times` as large, a quiet while before it and enough after it for any queue to drain. */
export function onSaleOf({ trace }: MeasuredSpike, times: number): readonly number[] {
  const stepSeconds = trace.stepMs / 1000;
  const recorded = scaled(together(trace, WORK), times);
  const quiet = Array.from({ length: Math.round(BEFORE_SECONDS / stepSeconds) }, () => 0);
  const after = Math.max(0, Math.round(AFTER_SECONDS / stepSeconds) - recorded.length);
  return [...quiet, ...recorded, ...Array.from({ length: after }, () => 0)];
}

/** The same number of records in every step, as near as whole ones can. */
export function evenly(perSecond: number, seconds: number, { trace }: MeasuredSpike): readonly number[] {
  const stepSeconds = trace.stepMs / 1000;
  const ones = Array.from({ length: Math.round(seconds / stepSeconds) }, () => 1);
  return scaled(ones, perSecond * stepSeconds);
}

/** Plays a policy over the records that come, a step of the trace each. */
export function play(policy: Policy, arrivals: readonly number[], ground: Ground): Played {
  const { spike, partitions } = ground;
  const { scaling, scheduleSeconds = SCHEDULE_SECONDS } = policy;
  const [trigger] = scaling?.triggers ?? [];
  const scenario: Scenario = {
    ...{ arrivals, partitions, member: memberOf(ground), pods: policy.pods },
    stepSeconds: spike.trace.stepMs / 1000,
    times: {
      ...{ schedule: scheduleSeconds, start: spike.startSeconds, join: spike.joinSeconds },
    },
    autoscaler: scaling &&
      trigger && {
        ...{ rules: scaling.rules, trigger },
        ...{ everySeconds: EVERY_SECONDS, firstSeconds: FIRST_SECONDS, ageSeconds: 0 },
      },
  };
  const course = simulate(scenario);
  const { moments, took } = course;
  const records = moments.at(-1)?.arrived ?? 0;
  const end = moments.find(({ done }) => done === records)?.at;
  return {
    ...{ policy, course, records },
    ...{ p50: percentile(took, 0.5), p99: percentile(took, 0.99) },
    mostLag: Math.max(...moments.map(({ lag }) => lag)),
    mostPods: Math.max(...moments.map(({ pods }) => pods)),
    drained: end === undefined ? undefined : end - BEFORE_SECONDS,
  };
}

/** As many times the counts; the fractions left over are carried on, so that the sum is right. */
export function scaled(counts: readonly number[], times: number): number[] {
  let exact = 0;
  let given = 0;
  return counts.map((count) => {
    exact += count * times;
    const now = Math.round(exact) - given;
    given += now;
    return now;
  });
}
