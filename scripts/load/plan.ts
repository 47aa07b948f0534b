import { UsageError } from "../../workers/_runtime/mod.ts";

export interface Demand {
  readonly fans?: number;
  /** Mean arrivals a second. */
  readonly rate?: number;
  readonly durationMs?: number;
}

const DEFAULT_FANS = 40_000;
const DEFAULT_DURATION_MS = 60_000;

/**
 * How many fans come in how long. Two of the three say it all; with fewer, 40,000 fans and a minute fill in.
 * @throws {UsageError} when all three are given and disagree, or one isn't positive
 */
export function demandOf({ fans, rate, durationMs }: Demand): { fans: number; durationMs: number } {
  for (const [name, value] of Object.entries({ fans, rate, duration: durationMs })) {
    if (value !== undefined && !(value > 0))
      throw new UsageError(`Cannot plan an on-sale as '${name}' must be positive: current value is ${value}`);
  }
  if (rate === undefined)
    return { fans: fans ?? DEFAULT_FANS, durationMs: durationMs ?? DEFAULT_DURATION_MS };
  if (fans !== undefined && durationMs !== undefined)
    throw new UsageError(
      `Cannot plan an on-sale as of 'fans', 'rate' and 'duration' two say it all: leave out one of ${fans}, ${rate}/s, ${durationMs} ms`,
    );
  if (durationMs !== undefined)
    return { fans: Math.max(1, Math.round((rate * durationMs) / 1000)), durationMs };
  const count = fans ?? DEFAULT_FANS;
  return { fans: count, durationMs: Math.ceil((count / rate) * 1000) };
}
