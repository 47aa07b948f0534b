import type { bareFleet } from "../_support/fleet.ts";
import type { Finish, Program, Words } from "./contestant.ts";
import type { JavaContestants } from "./java/build.ts";

/** What a case is given to measure with. */
export interface Bench {
  readonly brokers: string;
  readonly registry: string;
  readonly fleet: ReturnType<typeof bareFleet>;
  /** Undefined: this machine can't have them, or they aren't wanted. */
  readonly java: JavaContestants | undefined;
  readonly options: Options;
  readonly signal: AbortSignal;
  /** Runs one contestant to its end. @throws {Error} when it fails or takes too long. */
  contest(name: string, program: Program, words: Words): Promise<Finish>;
  /** For the person who waits. */
  say(line: string): void;
}

export interface Options {
  readonly rounds: number;
  /** Of the consume case. */
  readonly consumeRecords: number;
  readonly emitRecords: number;
  readonly keyedRecords: number;
  readonly codecRecords: number;
  readonly keyedKeys: readonly number[];
  readonly concurrency: number;
  readonly latenessSeconds: number;
  /** Retries and parked records a second. */
  readonly latenessRate: number;
  /** Level at which our contestants log. */
  readonly log: string;
  /** Write a CPU profile of each of our contestants there. */
  readonly profiles: string | undefined;
}

export interface Verdict {
  /** What was wanted, in words. */
  readonly goal: string;
  readonly figure: number;
  readonly met: boolean;
}

export interface CaseResult {
  readonly name: string;
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly verdicts: readonly Verdict[];
  /** Each round's figures, by contestant. */
  readonly rounds: Readonly<Record<string, readonly Finish[]>>;
}

export type Case = (bench: Bench) => Promise<CaseResult>;
