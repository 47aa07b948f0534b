import type { ReserveStep } from "../../../scripts/load/step.ts";

export interface Steady {
  readonly perSecond: number;
  readonly seconds: number;
  /** Of the first fan; each fan asks for a seat of its own. */
  readonly from: number;
  readonly rows: readonly { readonly name: string; readonly seats: number }[];
}

/** Requests at even distances, one seat each, none wanted twice: nothing but the pace decides their latency. */
export function* steady({ perSecond, seconds, from, rows }: Steady): Generator<ReserveStep> {
  const seats = rows.flatMap((row) =>
    Array.from({ length: row.seats }, (_, index) => `${row.name}-${index + 1}`),
  );
  const count = perSecond * seconds;
  if (from + count > seats.length)
    throw new RangeError(`Cannot ask for ${from + count} seats as the hall has ${seats.length}`);
  for (let index = 0; index < count; index += 1) {
    const fan = from + index;
    const at = Math.floor((index / perSecond) * 1000);
    yield { do: "reserve", at, fan, choices: [[seats[fan] ?? ""]], card: "tok_good" };
  }
}
