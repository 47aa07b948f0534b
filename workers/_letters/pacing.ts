/** How far a worker is behind, records over all partitions. */
export interface Backlog {
  /** In the replay topic: sent and not yet done. */
  readonly undone: number;
  /** Copies done over the last two seconds; undefined: not yet watched for so long. */
  readonly doneOfLate: number | undefined;
  /** In the source topic: live traffic that waits. */
  readonly live: number;
  /** Records a second that come into the source topic. */
  readonly liveRate: number;
}

/** How many copies may lie undone in one replay topic; `slowed`: why no more, for people. */
export interface Window {
  readonly size: number;
  readonly slowed: string | undefined;
}

export const PACE_EVERY_MS = 500;
export const OF_LATE_MS = 2_000;
const START = 500;
const LEAST = 50;
const MOST = 100_000;
const GROWTH = 1.5;
/** Live records may wait this long before a replay makes room for them. */
const PATIENCE_MS = 500;
/** As many are under way in a worker that keeps up. */
const NOISE = 200;

export const FIRST_WINDOW: Window = { size: START, slowed: undefined };

/**
 * The rule, applied every half second: **in the worker's replay topic lie at most as many undone copies as it did in the
 * last two seconds (50 to 100,000; 500 to begin with; half as many more at each step), and half as many at each step
 * while live records of the source topic wait for more than half a second.** So a worker that is away gets
 * no more than the window, and one that is busy is left to its live traffic.
 */
export function nextWindow({ size }: Window, { undone, doneOfLate, live, liveRate }: Backlog): Window {
  if (live > Math.max(NOISE, (liveRate * PATIENCE_MS) / 1000)) {
    const halved = Math.max(LEAST, size >> 1);
    return {
      size: halved,
      slowed: `${live} live records wait, so at most ${halved} copies lie in the replay topic`,
    };
  }
  const keeps = doneOfLate === undefined ? START : Math.max(LEAST, doneOfLate);
  const next = Math.min(MOST, Math.ceil(size * GROWTH), Math.max(keeps, undone > 0 ? LEAST : START));
  const full = undone >= next;
  return {
    size: next,
    slowed: full ? `${undone} copies lie in the replay topic, and the worker is slower than this` : undefined,
  };
}
