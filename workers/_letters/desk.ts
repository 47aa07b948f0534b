import type { Outcome } from "./state.ts";

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
   * @throws {Refused} not-agreed: to the source, and `otherGroups` doesn't name every group that would see it
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

/** All that is given must hold. Lists: any of them. Without `outcomes`: open letters only. */
export interface Filter {
  readonly worker?: readonly string[];
  /** Source topics. */
  readonly topic?: readonly string[];
  readonly partition?: readonly number[];
  /** Classes, as in `bo-error`. */
  readonly error?: readonly string[];
  /** Whole, or their beginnings (4 characters at least). */
  readonly fingerprint?: readonly string[];
  /** As UTF-8; `base64:…` for one that isn't. */
  readonly key?: readonly string[];
  /** Died at or after, and before; epoch ms. */
  readonly since?: number;
  readonly until?: number;
  /** Attempts made in the letter's last run, at least and at most. */
  readonly attempts?: { readonly min?: number; readonly max?: number };
  /** A CEL expression over `event` (decoded fields), `letter` and `headers`; a letter that can't be decoded doesn't match one that asks for `event`. */
  readonly where?: string;
  /** Identities of letters. */
  readonly letters?: readonly string[];
  readonly outcomes?: readonly Outcome[] | "all";
}

export interface Page {
  /** At most this many. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface LetterPage {
  readonly letters: readonly LetterRow[];
  readonly next: string | undefined;
}

/** A letter without its bytes. */
export interface LetterRow {
  /** `<dlq>-<partition>-<offset>` */
  readonly letter: string;
  readonly worker: string;
  /** Source topic. */
  readonly topic: string;
  readonly partition: number;
  /** The record's identity (`bo-id`); undefined when its header can't be read. */
  readonly id: string | undefined;
  /** As UTF-8, `base64:…` when it isn't, null without one. */
  readonly key: string | null;
  readonly stage: string;
  readonly error: string;
  readonly reason: string;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly replays: number;
  readonly firstFailed: number | undefined;
  readonly diedAt: number;
  /** When retention takes it; undefined: kept for ever. */
  readonly expiresAt: number | undefined;
  /** Of the value; null: a tombstone. */
  readonly bytes: number | null;
  readonly outcome: Outcome;
  readonly edited: boolean;
  /** Of the last replay. */
  readonly plan: string | undefined;
  readonly build: string | undefined;
  /** The letter it was before its replay. */
  readonly before: string | undefined;
  /** Where a header of ours can't be read: what is wrong. */
  readonly malformed: string | undefined;
}

export interface Groups {
  readonly groups: readonly Group[];
  /** Letters that match, over all groups. */
  readonly letters: number;
  /** Letters looked at. */
  readonly scanned: number;
}

export interface Group {
  readonly worker: string;
  readonly fingerprint: string;
  readonly topics: readonly string[];
  readonly stage: string;
  readonly error: string;
  /** Of the newest letter. */
  readonly reason: string;
  /** Open ones. */
  readonly open: number;
  readonly replaying: number;
  readonly processed: number;
  readonly deadAgain: number;
  readonly discarded: number;
  readonly sentToSource: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Open letters by time of death in equal steps from `trendFrom` to `trendUntil`. */
  readonly trend: readonly number[];
  readonly trendFrom: number;
  readonly trendUntil: number;
  /** Of the oldest open letter, and what its DLQ keeps; ms. */
  readonly oldestAge: number | undefined;
  readonly retention: number | undefined;
  /** Any one open letter, newest. */
  readonly sample: string | undefined;
}

export interface Look {
  /** Personal fields are masked unless asked for; each such look is audited. */
  readonly personal?: boolean;
  /** Whether to look for the key's newer events, which reads the source log. @default true */
  readonly newer?: boolean;
}

export interface LetterDetail extends LetterRow {
  /** Bytes of key and value, base64. Undefined for those who may not see personal fields. */
  readonly raw: { readonly key: string | null; readonly value: string | null } | undefined;
  readonly headers: readonly HeaderRow[];
  readonly decoded: Decoded;
  /** The value an edit put in its place, decoded likewise. */
  readonly edit:
    | { readonly by: string; readonly reason: string; readonly time: number; readonly decoded: Decoded }
    | undefined;
  readonly history: readonly HistoryEntry[];
  /** The key's events behind this one that were processed since; "unknown" where the log is gone or too long. */
  readonly newer: readonly NewerEvent[] | "unknown" | "not asked";
  readonly traceId: string | undefined;
}

export interface HeaderRow {
  readonly name: string;
  /** As UTF-8; undefined when it isn't, or is null. */
  readonly text: string | undefined;
  /** Bytes, base64; null for a null header. */
  readonly value: string | null;
  /** One that Boxoffice added. */
  readonly ours: boolean;
}

export type Decoded =
  | {
      readonly ok: true;
      readonly record: string;
      readonly schemaId: number;
      readonly event: { readonly [field: string]: unknown };
      /** Read with the schema it was written with: no worker of this build reads such a record from there. */
      readonly writer?: true;
      /** Paths that were masked. */
      readonly masked: readonly string[];
    }
  | {
      readonly ok: false;
      readonly schemaId: number | undefined;
      readonly error: string;
      readonly reason: string;
    };

/** One death or deed in a letter's life, oldest first, letters it was before included. */
export interface HistoryEntry {
  readonly time: number;
  readonly what:
    | "first failed"
    | "dead letter"
    | "edited"
    | "replayed"
    | "processed"
    | "dead again"
    | "discarded"
    | "restored"
    | "sent to source"
    | "imported";
  readonly letter: string;
  readonly by?: string;
  readonly text: string;
}

export interface NewerEvent {
  readonly id: string;
  readonly time: number;
  readonly record: string | undefined;
}

export interface PlanWish {
  readonly filter: Filter;
  /** @default "worker": its own replay topic */
  readonly to?: "worker" | "source";
  /** Letters replayed this often before stay out. @default 5 */
  readonly attemptCap?: number;
  /** At most this many, oldest first. */
  readonly limit?: number;
  readonly skipOrderCheck?: boolean;
  /** For the expected duration, records a second. */
  readonly rate?: number;
  readonly reason: string;
}

/** A frozen set of letters. Immutable; what arrives later is not in it. */
export interface Plan {
  /** Sorts by time. */
  readonly plan: string;
  readonly by: string;
  readonly reason: string;
  readonly time: number;
  readonly filter: Filter;
  readonly to: "worker" | "source";
  readonly attemptCap: number;
  /** Letters in it. */
  readonly letters: number;
  readonly targets: readonly PlanTarget[];
  /** Matched, and left out since they were replayed as often as the cap allows. */
  readonly capped: number;
  /** Matched, and left out since they are not open. */
  readonly notOpen: number;
  /** Of those in it: */
  readonly replayedBefore: number;
  readonly edited: number;
  /** Would fail again at decode with today's reader schema, by reason, most first; they are in the plan. */
  readonly undecodable: readonly {
    readonly reason: string;
    readonly letters: number;
    readonly sample: string;
  }[];
  /** Newer events of the same key are done. */
  readonly overtaken:
    | { readonly letters: number; readonly unknown: number; readonly samples: readonly string[] }
    | "not checked";
  /** Taken by retention within a day. */
  readonly expiring: number;
  readonly bytes: number;
  /** At `rate`, else at what was asked; ms. */
  readonly expectedMs: number | undefined;
}

export interface PlanTarget {
  readonly dlq: string;
  readonly worker: string;
  /** The replay topic, or the source topic. */
  readonly to: string;
  readonly letters: number;
  readonly partitions: readonly number[];
  /** To the source: other groups that would see the records. */
  readonly otherGroups: readonly string[];
}

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

export interface Reason {
  readonly reason: string;
}

export interface EditWish extends Reason {
  /** The new event: `type` names the record, as in `decoded.event`. `raw`: a whole value as base64 instead. */
  readonly event: { readonly [field: string]: unknown };
  readonly dryRun?: boolean;
}

export interface EditResult {
  readonly letter: string;
  /** False: the new value equals what stands, or it was a dry run. */
  readonly written: boolean;
  readonly schemaId: number;
  readonly before: Decoded;
  readonly after: Decoded;
  /** Fields that differ, by path. */
  readonly changes: readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[];
}

/** Letters by filter (frozen when the call begins) or a plan's. */
export type Which = { readonly filter: Filter } | { readonly plan: string };

export interface Acted {
  readonly done: number;
  /** By why. */
  readonly skipped: readonly { readonly why: string; readonly letters: number; readonly sample: string }[];
}

/** A dead letter with everything that Kafka holds of it. */
export interface ExportedLetter {
  readonly boxoffice: 1;
  /** Kafka's id of the cluster it lay in. */
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

export type JobPhase =
  | "waiting"
  | "canary"
  | "sending"
  | "awaiting"
  | "paused"
  | "stopped"
  | "cancelled"
  | "done";

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

export interface AuditWish {
  readonly since?: number;
  readonly until?: number;
  readonly by?: string;
  readonly plan?: string;
  readonly letter?: string;
  /** @default 1000 */
  readonly limit?: number;
}

/** Who did what: a record of `fleet.audit`, written in the transaction of the deed itself. */
export interface AuditEntry {
  readonly time: number;
  readonly by: string;
  readonly action:
    | "plan"
    | "replay"
    | "pause"
    | "resume"
    | "throttle"
    | "cancel"
    | "edit"
    | "discard"
    | "restore"
    | "import"
    | "look";
  readonly reason: string;
  readonly plan?: string;
  readonly letters?: number;
  /** Of a deed on one letter, or the first of several. */
  readonly letter?: string;
  readonly text?: string;
}
