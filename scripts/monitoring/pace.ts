/**
 * How the times of rules are written. Everything in a rule that is a time (how long a state must last, how far back a
 * rate looks, how old something may grow) goes through one of these; everything else (shares, counts) never does.
 */
export interface Pace {
  /** A time to compare with, in seconds. */
  seconds(seconds: number): number;
  /** A time as PromQL writes it: `[5m]`, `for: 5m`. */
  span(seconds: number): string;
}

/** As production has them. */
export const asWritten: Pace = paceOf((seconds) => seconds);

/** Prometheus' rate() needs a few samples, which come once a second at best. */
const SHORTEST_SECONDS = 5;

/** The same rules in a world that is `times` faster, for a test that can't wait for an hour. */
export function hurried(times: number): Pace {
  return paceOf((seconds) => Math.max(SHORTEST_SECONDS, seconds / times));
}

function paceOf(at: (seconds: number) => number): Pace {
  return { seconds: at, span: (seconds) => spanText(Math.round(at(seconds))) };
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
] as const;

function spanText(seconds: number): string {
  for (const [unit, size] of UNITS)
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  return `${seconds}s`;
}
