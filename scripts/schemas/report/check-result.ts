import type { Merged } from "../check/merge.ts";
import type { UpgradeOrder } from "../fleet/upgrade-order.ts";
import type { WaivedFinding } from "../waivers/apply-waivers.ts";

/** One place the checkout was compared with. */
export interface Compared {
  /** `git:main`, `merge-base with origin/main (4f2c1e9)`, `registry`, `snapshot of 2026-11-24`. */
  readonly name: string;
  /** Subjects of the checkout that it has. */
  readonly subjects: number;
  /** Their versions. */
  readonly versions: number;
}

/** What a check found, for every form of output. */
export interface CheckResult {
  /** Subjects of the checkout. */
  readonly subjects: readonly string[];
  readonly compared: readonly Compared[];
  /** Pairs of versions that were judged. */
  readonly comparisons: number;
  /** Sorted, errors first; a waiver file's own problems among them. */
  readonly open: readonly Merged[];
  readonly waived: readonly WaivedFinding[];
  /** Undefined: nobody looked, `notes` say why. */
  readonly upgrade: UpgradeOrder | undefined;
  /** Sentences about what was not looked at, and why. */
  readonly notes: readonly string[];
  /** Texts of the checkout's files that findings point into, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Only errors break; warnings are for reading. */
export function isBreaking({ open }: CheckResult): boolean {
  return open.some(({ finding }) => finding.severity === "error");
}
