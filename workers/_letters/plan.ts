import type { Filter } from "./letter-filter.ts";

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
