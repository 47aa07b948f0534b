import type { AuditEntry, AuditWish } from "./audit-entry.ts";
import type { EditResult, EditWish } from "./edited-letter.ts";
import type { ExportedLetter } from "./exported-letter.ts";
import type { LetterDetail, Look } from "./letter-detail.ts";
import type { Filter, Page } from "./letter-filter.ts";
import type { Groups } from "./letter-group.ts";
import type { LetterPage } from "./letter-row.ts";
import type { Plan, PlanWish } from "./plan.ts";
import type { Reason } from "./reason.ts";
import type { Job, JobOrder, JobResult, ReplayWish } from "./replay-job.ts";

/**
 * Everything an operator can do with dead letters. A filter or expression that can't be read is refused as
 * `invalid-filter` by whatever takes one. The commands and the console know letters through this alone: here
 * (`createDesk`, by Kafka and Redis) or far away (`remoteDesk`, by the console's API). All that goes in and comes out
 * is JSON: bytes are base64, times epoch milliseconds, 64-bit numbers beyond 2^53 strings.
 */
export interface Desk extends ReadingDesk, ActingDesk {
  close(): Promise<void>;
}

export interface ReadingDesk {
  /** By worker and fingerprint, most letters first. */
  groups(filter: Filter, call: Call): Promise<Groups>;
  /** By DLQ, partition and offset. */
  list(filter: Filter, page: Page, call: Call): Promise<LetterPage>;
  /** @throws {Refused} no-such-letter */
  show(letter: string, look: Look, call: Call): Promise<LetterDetail>;
  /** Freezes the open letters that match, judges each, and keeps the plan. Sends nothing. */
  plan(wish: PlanWish, call: Call): Promise<Plan>;
  /** Newest first. */
  plans(call: Call): Promise<readonly Plan[]>;
  /** @throws {Refused} no-such-plan */
  planOf(plan: string, call: Call): Promise<Plan>;
  /** Every match with its bytes, in the order of `list`: what `import` takes. */
  export(filter: Filter, call: Call): AsyncIterable<ExportedLetter>;
  /** Newest first. */
  audit(wish: AuditWish, call: Call): Promise<readonly AuditEntry[]>;
}

export interface ActingDesk {
  /**
   * Starts the plan's job; there is at most one: a second call answers the first's job with `started: false`.
   * @throws {Refused} no-such-plan
   * @throws {Refused} not-agreed: to the source, and `otherGroups` doesn't name every group that would see it, those
   * that came since the plan was made included
   */
  replay(plan: string, wish: ReplayWish, call: Call): Promise<{ job: Job; started: boolean }>;
  /**
   * A new value for one open letter. With `dryRun` only the comparison is made. The original is kept.
   * @throws {Refused} no-such-letter
   * @throws {Refused} not-open: it is being replayed, is through or discarded
   * @throws {Refused} invalid-edit naming the path that doesn't fit the worker's reader schema
   */
  edit(letter: string, wish: EditWish, call: Call): Promise<EditResult>;
  /** Takes open letters out of the counts; what is not open is skipped and said. */
  discard(which: Which, deed: Reason, call: Call): Promise<Acted>;
  /** Opens discarded letters again; what is not discarded is skipped and said. */
  restore(which: Which, deed: Reason, call: Call): Promise<Acted>;
  /** Writes exported letters into this cluster's DLQs; a letter that was imported before is skipped. */
  import(letters: AsyncIterable<ExportedLetter>, deed: Reason, call: Call): Promise<Acted>;
  /** Newest first. */
  jobs(call: Call): Promise<readonly Job[]>;
  /** A job is named by its plan. @throws {Refused} no-such-job */
  job(plan: string, call: Call): Promise<Job>;
  /** @throws {Refused} no-such-job; not-running when it has ended */
  control(plan: string, order: JobOrder, call: Call): Promise<Job>;
  /** What became of each of a job's letters, in the plan's order. @throws {Refused} no-such-job */
  results(plan: string, call: Call): AsyncIterable<JobResult>;
}

/** Of one call. */
export interface Call {
  readonly signal: AbortSignal;
  /** Who asks, for the audit trail. */
  readonly by: string;
  /** Who asks may not see personal fields: then expressions don't either, or they would tell them by guesses. */
  readonly hidesPersonal?: boolean;
  /** On what takes long; `of` undefined: not known. Called a few times a second at most. */
  readonly progress?: (step: string, done: number, of: number | undefined) => void;
}

/** Letters by filter (frozen when the call begins) or a plan's. */
export type Which = { readonly filter: Filter } | { readonly plan: string };

export interface Acted {
  readonly done: number;
  /** By why. */
  readonly skipped: readonly { readonly why: string; readonly letters: number; readonly sample: string }[];
}
