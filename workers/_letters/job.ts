import { silentNote } from "./job-notes.ts";
import type { Plan } from "./plan.ts";
import type { Job, JobPhase } from "./replay-job.ts";
import type { Deed } from "./state.ts";

/** What operators want of a plan's job: the value of `<plan>/order`. */
export interface Order extends Deed {
  readonly canary: number;
  readonly rate: number | undefined;
  readonly pace: boolean;
  readonly stopOnFailureShare: number | undefined;
  readonly paused?: Deed;
  readonly cancelled?: Deed;
}

/** What the replayer says of it: the value of `<plan>/job`. Its counts come from the letters' states. */
export interface Said {
  readonly phase: JobPhase;
  readonly note: string | undefined;
  readonly sent: number;
  readonly processed: number;
  readonly deadAgain: number;
  readonly underWay: number;
  readonly skipped: number;
  readonly speed: number;
  readonly allowed: number | undefined;
  /** The canary's outcomes were good; sending the rest has begun. */
  readonly canaryPassed: boolean;
  /** Letters that the broker won't take, with why; at most a thousand. */
  readonly refused: readonly (readonly [letter: string, why: string])[];
  /** What failed last, until letters go again: a replayer tries the job again and again. */
  readonly interrupted?: string | undefined;
  readonly endedAt: number | undefined;
  /** When it was said, epoch ms. */
  readonly time: number;
}

export function hasEnded(phase: JobPhase): boolean {
  return phase === "stopped" || phase === "cancelled" || phase === "done";
}

/** So long outcomes of a job that was stopped or cancelled are counted; its results show later ones, too. */
const LAST_OUTCOMES_MS = 3_600_000;

/** Whether a job that has ended still waits for outcomes of what it had sent. */
export function isAwaited({ underWay, endedAt }: Pick<Said, "underWay" | "endedAt">, now: number): boolean {
  return underWay > 0 && now - (endedAt ?? now) < LAST_OUTCOMES_MS;
}

/**
 * Whether a replayer has something to do. A job that was cancelled before anything was said of it, too: one may have
 * sent letters and been killed before it said so.
 */
export function isUnfinished(said: Said | undefined, now: number): boolean {
  return said === undefined || !hasEnded(said.phase) || isAwaited(said, now);
}

/**
 * What is written where `now` stands; undefined: nothing. An end that was said stays, and what the sending came to with
 * it: only outcomes are still counted, by whoever has the job then.
 */
export function nextSaid(now: Said | undefined, said: Said): Said | undefined {
  if (now === undefined || !hasEnded(now.phase)) return said;
  if (!hasEnded(said.phase)) return undefined;
  const { phase, note, endedAt, skipped, refused } = now;
  return { ...said, phase, note, endedAt, skipped, refused };
}

/** As long a job may wait until a replayer has it, which takes seconds. */
const TAKEN_UP_MS = 15_000;
/** A replayer says where its job stands this often at least, though nothing has changed. */
export const SAY_ANYWAY_MS = 30_000;
/** Nobody who has the job keeps silent for so long. */
const SILENT_MS = 3 * SAY_ANYWAY_MS;

/** For how long nothing was heard of who should have the job; undefined: it is well. */
function silentFor(order: Order, said: Said | undefined, now: number): number | undefined {
  if (order.cancelled || order.paused || (said && hasEnded(said.phase))) return undefined;
  const ms = now - (said?.time ?? order.time);
  return ms > (said ? SILENT_MS : TAKEN_UP_MS) ? ms : undefined;
}

/**
 * An order holds at once, whether or not a replayer has heard of it. Where nobody has the job that is told: old figures
 * must not pass for new ones.
 */
export function jobOf(
  plan: Pick<Plan, "plan" | "letters">,
  order: Order,
  said: Said | undefined,
  now: number,
): Job {
  const silentMs = silentFor(order, said, now);
  const silent = silentMs !== undefined;
  return {
    plan: plan.plan,
    by: order.by,
    reason: order.reason,
    ...phaseOf(order, said),
    ...(silent && { note: silentNote(silentMs, said !== undefined) }),
    letters: plan.letters,
    sent: said?.sent ?? 0,
    processed: said?.processed ?? 0,
    deadAgain: said?.deadAgain ?? 0,
    underWay: said?.underWay ?? 0,
    skipped: said?.skipped ?? 0,
    canary: order.canary,
    rate: order.rate,
    pace: order.pace,
    speed: silent ? 0 : (said?.speed ?? 0),
    allowed: silent ? undefined : said?.allowed,
    stopOnFailureShare: order.stopOnFailureShare,
    startedAt: order.time,
  };
}

function phaseOf(order: Order, said: Said | undefined): Pick<Job, "phase" | "note" | "endedAt"> {
  if (said && hasEnded(said.phase)) return { phase: said.phase, note: said.note, endedAt: said.endedAt };
  const { cancelled, paused } = order;
  if (cancelled) return { phase: "cancelled", note: told(cancelled), endedAt: cancelled.time };
  if (paused) return { phase: "paused", note: told(paused), endedAt: undefined };
  // What was said last may be that it is paused, a moment after the operator let it go on.
  const phase = said === undefined || said.phase === "paused" ? "waiting" : said.phase;
  return { phase, note: said?.note, endedAt: undefined };
}

export function told({ by, reason }: Deed): string {
  return `${by}: ${reason}`;
}
