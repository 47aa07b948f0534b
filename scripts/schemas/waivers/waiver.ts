import type { Finding } from "../finding.ts";

/** An exception that somebody answers for, until a day. */
export interface Waiver {
  readonly rule: string;
  readonly record: string;
  readonly pointer: string;
  readonly fingerprint: string;
  /** Who answers for it: a person or a team. */
  readonly owner: string;
  readonly reason: string;
  /** ISO date, the last day (UTC) on which it counts. */
  readonly expires: string;
  /** Where the entry begins in its file, from 1. */
  readonly line: number;
  readonly column: number;
}

/** Bound to all four: a change of the same place to something else is another finding, and isn't waived. */
export function covers(waiver: Waiver, finding: Finding): boolean {
  return (
    waiver.fingerprint === finding.fingerprint &&
    waiver.rule === finding.rule &&
    waiver.record === finding.record &&
    waiver.pointer === finding.at.pointer
  );
}

/** @param today - ISO date in UTC */
export function isExpired(waiver: Waiver, today: string): boolean {
  return today > waiver.expires;
}
