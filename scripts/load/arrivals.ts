import type { Random } from "./random.ts";

/** How steep the spike is: with 3.5, half of all fans come in the first fifth of the time. */
const STEEPNESS = 3.5;

/**
 * When each of `count` fans arrives, whole milliseconds from the beginning, ascending: a spike that
 * decays exponentially until `durationMs`. One arrival is drawn from each of `count` equally likely slices, so
 * the shape is the same for any seed.
 */
export function* arrivals(count: number, durationMs: number, random: Random): Generator<number> {
  const reach = 1 - Math.exp(-STEEPNESS);
  for (let index = 0; index < count; index += 1) {
    const share = (index + random.unit()) / count;
    yield Math.floor((-Math.log(1 - share * reach) / STEEPNESS) * durationMs);
  }
}
