import type { Reason } from "./reason.ts";

export interface ReplayWish extends Reason {
  /** Sends this many first and waits for their outcomes. */
  readonly canary?: number;
  /** At most this many records a second. Undefined: as fast as the workers' lag allows. */
  readonly rate?: number;
  /** False: not slowed down by the workers' lag. @default true */
  readonly pace?: boolean;
  /** 0 to 1: stops when more of the ended ones than this are dead again, once 20 have ended; of a canary at once. @default 0 for the canary, none after it */
  readonly stopOnFailureShare?: number;
  /** To the source: the groups that were named and agreed to. */
  readonly otherGroups?: readonly string[];
}

export const JOB_PHASES = [
  "waiting",
  "canary",
  "sending",
  "awaiting",
  "paused",
  "stopped",
  "cancelled",
  "done",
] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

/** A plan being carried out. It has ended when `phase` is stopped, cancelled or done. */
export interface Job {
  readonly plan: string;
  readonly by: string;
  readonly reason: string;
  readonly phase: JobPhase;
  /** Why it is paused, stopped or slow. */
  readonly note: string | undefined;
  readonly letters: number;
  readonly sent: number;
  readonly processed: number;
  readonly deadAgain: number;
  /** Sent, and no outcome yet. */
  readonly underWay: number;
  /** No longer open when their turn came: another plan, a discard; or gone with retention. */
  readonly skipped: number;
  readonly canary: number;
  readonly rate: number | undefined;
  readonly pace: boolean;
  /** Records a second over the last seconds; and what the pacing allows now. */
  readonly speed: number;
  readonly allowed: number | undefined;
  readonly stopOnFailureShare: number | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

export type JobOrder =
  | { readonly order: "pause" | "resume" | "cancel"; readonly reason: string }
  /** Undefined: no cap. */
  | { readonly order: "throttle"; readonly rate: number | undefined; readonly reason: string };

export interface JobResult {
  readonly letter: string;
  readonly id: string | undefined;
  readonly result: "processed" | "dead again" | "under way" | "sent to source" | "not sent" | "skipped";
  readonly text: string;
  readonly time: number | undefined;
}
