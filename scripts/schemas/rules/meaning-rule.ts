import type { Found } from "../spec/to-finding.ts";
import type { Matched } from "./matched.ts";
import type { Rule } from "./rule.ts";

/** Judges what became of a version: both sides read each other, but not as the same thing. */
export interface MeaningRule extends Rule {
  readonly category: "meaning";
  readonly find: (pair: Matched) => readonly Found[];
}
