import type { Outcome } from "./state.ts";

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

export interface LetterPage {
  readonly letters: readonly LetterRow[];
  readonly next: string | undefined;
}
