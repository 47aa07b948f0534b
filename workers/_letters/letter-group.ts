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
