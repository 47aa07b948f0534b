import type { ReserveStep } from "../../../scripts/load/step.ts";

export interface SideBySide {
  /** When each fan comes, milliseconds, ascending. */
  readonly times: readonly number[];
  /** Number of the first fan. */
  readonly from: number;
  /** Number of the first pair of seats; each fan wants the next one. */
  readonly pair: number;
  readonly rows: readonly { readonly name: string; readonly seats: number }[];
}

/** Every fan wants two seats side by side that no other of them wants. */
export function* sideBySide({ times, from, pair, rows }: SideBySide): Generator<ReserveStep> {
  const pairs = rows.flatMap(({ name, seats }) =>
    Array.from({ length: Math.floor(seats / 2) }, (_, i) => [`${name}-${2 * i + 1}`, `${name}-${2 * i + 2}`]),
  );
  if (pair + times.length > pairs.length)
    throw new RangeError(
      `Cannot ask for ${times.length} pairs of seats from the ${pair}th on as the hall has ${pairs.length}`,
    );
  for (const [i, at] of times.entries())
    yield { do: "reserve", at, fan: from + i, choices: [pairs[pair + i] ?? []], card: "tok_good" };
}

/** Even distances. */
export function evenTimes(perSecond: number, seconds: number): readonly number[] {
  return Array.from({ length: Math.round(perSecond * seconds) }, (_, i) =>
    Math.floor((i / perSecond) * 1000),
  );
}
