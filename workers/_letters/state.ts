/**
 * What became of a dead letter so far: the value (JSON) of `fleet.dead-letters`, keyed by the letter's identity
 * (`<dlq>-<partition>-<offset>`, what `bo-letter` names). A letter of which nothing stands there is open. Every change
 * from open, and back to it, is written under the transactional id of the letter's DLQ partition
 * (`letters-<dlq>-<partition>`); the end of a replay is written by the worker, in the transaction that ends its run.
 */
export type LetterState = Open | Replaying | Replayed | SentToSource | Discarded;

/** Waits for somebody's decision. */
export interface Open {
  readonly outcome: "open";
  /** What a replay will send instead of the letter's own value. */
  readonly edit?: Edit;
  /** Set when it was open, then not, and is again. */
  readonly restored?: Deed;
}

/** Its copy lies in the worker's replay topic, or is being tried: sent, and not yet processed. */
export interface Replaying {
  readonly outcome: "replaying";
  readonly plan: string;
  /** How often it was put back to work, this time included. */
  readonly replays: number;
  /** Epoch ms. */
  readonly time: number;
  /** The copy carried an edited value. */
  readonly edited?: true;
}

/** The run of its copy has ended. Dead again: it is another letter now, whose `bo-letter` names this one. */
export interface Replayed {
  readonly outcome: "processed" | "dead again";
  readonly plan: string | null;
  readonly replays: number;
  readonly worker: string;
  /** The record's identity. */
  readonly id: string;
  readonly time: number;
}

/** Written to the source topic as a new record, for every group that reads it; nothing more is heard of it. */
export interface SentToSource {
  readonly outcome: "sent to source";
  readonly plan: string;
  readonly time: number;
}

export interface Discarded extends Deed {
  readonly outcome: "discarded";
  /** Comes back with a restore. */
  readonly edit?: Edit;
}

/** Who did something by hand, when and why. */
export interface Deed {
  readonly by: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly time: number;
}

export interface Edit extends Deed {
  /** The whole new record value (framed Avro), base64. The original stays in the DLQ, untouched. */
  readonly value: string;
}

export type Outcome = LetterState["outcome"];

export const OPEN: Open = { outcome: "open" };
