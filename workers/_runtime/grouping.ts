import { sizeOf } from "./context.ts";
import type { OffsetCommit, OutRecord } from "./record.ts";
import type { Run } from "./run-state.ts";

/** Bounds of one transaction: `send` is not split, so one batch per target partition must stay below 1 MB. */
export const MOST_RECORDS = 1_000;
export const MOST_BYTES = 700_000;
/** Runs without output weigh nothing; the bound only keeps one pass short. */
const MOST_RUNS = 50_000;
/** Bytes of a done map that the broker takes (offset.metadata.max.bytes). */
const MOST_METADATA = 4_096;

/** How many runs of `decided`, from the front, go into one transaction: at least one. */
export function groupLength(decided: readonly Run[]): number {
  let records = 0;
  let bytes = 0;
  let length = 0;
  for (const run of decided) {
    records += run.out.length;
    bytes += run.outBytes;
    if (length > 0 && (records > MOST_RECORDS || bytes > MOST_BYTES || length >= MOST_RUNS)) break;
    length++;
  }
  return length;
}

/** In the same order; of more than one. */
export function halves(group: readonly Run[]): [Run[], Run[]] {
  const half = Math.ceil(group.length / 2);
  return [group.slice(0, half), group.slice(half)];
}

export function bytesOf(records: readonly OutRecord[]): number {
  return records.reduce((bytes, record) => bytes + sizeOf(record), 0);
}

export interface Fitting {
  readonly group: Run[];
  readonly rest: Run[];
  readonly offsets: OffsetCommit[];
}

/**
 * As many of `group` as have a done map that the broker takes, all if possible. `offsetsWith` says which offsets and
 * maps would be committed with the given runs. When not all fit, those of the lowest origins go first: they shrink the
 * map, and within a key the order stays as it is.
 */
export function fit(group: Run[], offsetsWith: (runs: readonly Run[]) => OffsetCommit[]): Fitting {
  const offsets = offsetsWith(group);
  if (fits(offsets) || group.length === 0) return { group, rest: [], offsets };
  const sorted = group.toSorted((a, b) => a.origin - b.origin);
  for (let length = sorted.length >> 1; ; length >>= 1) {
    const some = sorted.slice(0, length);
    const smaller = offsetsWith(some);
    if (fits(smaller) || length === 0) return { group: some, rest: sorted.slice(length), offsets: smaller };
  }
}

function fits(offsets: readonly OffsetCommit[]): boolean {
  return offsets.every(({ metadata }) => metadata.length <= MOST_METADATA);
}
