/** A case on which two disagree, or that broke a promise; its seed makes it again. */
export interface Found {
  readonly kind: string;
  readonly seed: number;
  readonly detail: string;
  readonly writer?: string;
  readonly reader?: string;
}

/** What a run has seen so far. */
export interface Tally {
  readonly counts: Record<string, number>;
  readonly found: Found[];
}

/** Cases kept whole; the others are only counted. */
const MOST_KEPT = 200;

export function emptyTally(): Tally {
  return { counts: {}, found: [] };
}

export function add(tally: Tally, more: { found: readonly Found[]; counts: Record<string, number> }): void {
  for (const [name, count] of Object.entries(more.counts))
    tally.counts[name] = (tally.counts[name] ?? 0) + count;
  for (const found of more.found) {
    const name = `! ${found.kind}`;
    tally.counts[name] = (tally.counts[name] ?? 0) + 1;
    if (tally.found.length < MOST_KEPT) tally.found.push(found);
  }
}
