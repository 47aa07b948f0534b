/** One handler call that went well, as a member wrote it down. */
export interface Effect {
  readonly start: bigint;
  readonly end: bigint;
  readonly id: string;
  readonly key: string;
  readonly n: number;
  readonly process: string;
}

export interface Verdict {
  readonly effects: number;
  readonly lost: number;
  /** Calls beyond the first for a record: kills repeat what had not committed. */
  readonly repeated: number;
  /** A record whose first call ended before the first call of an earlier one of its key. */
  readonly inversions: number;
  /** Two processes handled records of one key at the same time. */
  readonly overlaps: number;
}

/** Effects of all processes against what was sent: `n` counts from 0 to `sent - 1`, ascending within a key. */
export function judge(effects: readonly Effect[], sent: number): Verdict {
  const inOrder = [...effects].sort((a, b) => (a.end < b.end ? -1 : 1));
  const seen = new Set<number>();
  const newest = new Map<string, number>();
  const last = new Map<string, Effect>();
  let inversions = 0;
  let overlaps = 0;
  for (const effect of inOrder) {
    if (!seen.has(effect.n)) {
      seen.add(effect.n);
      const newestOfKey = newest.get(effect.key) ?? -1;
      if (effect.n < newestOfKey) inversions++;
      newest.set(effect.key, Math.max(newestOfKey, effect.n));
    }
    const before = last.get(effect.key);
    if (before && effect.start < before.end && before.process !== effect.process) overlaps++;
    last.set(effect.key, effect);
  }
  return {
    effects: effects.length,
    lost: sent - seen.size,
    repeated: effects.length - seen.size,
    inversions,
    overlaps,
  };
}
