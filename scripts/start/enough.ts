import type { Figures } from "../invariants/figures.ts";
import type { Step } from "../load/step.ts";

/** The least of everything that an on-sale must have seen, or its invariants were hardly tried. */
export const LEAST = {
  confirmed: 500,
  retried: 50,
  parked: 20,
  refunded: 10,
  expired: 20,
  cancelled: 20,
} as const satisfies Partial<Figures>;
const LEAST_REASONS = 3;
const LEAST_LETTERS_EACH = 20;

/** What too little was seen of, a phrase each; none: enough of everything. */
export function shortOf(figures: Figures): string[] {
  const short = Object.entries(LEAST).flatMap(([name, least]) => {
    // The names are those of LEAST, whose values are all counts.
    const seen = figures[name as keyof typeof LEAST];
    return seen < least ? [`${name}: ${seen} of ${least}`] : [];
  });
  const reasons = Object.values(figures.letters).filter((count) => count >= LEAST_LETTERS_EACH).length;
  if (reasons < LEAST_REASONS)
    short.push(`reasons of ${LEAST_LETTERS_EACH} dead letters or more: ${reasons} of ${LEAST_REASONS}`);
  return short;
}

/** The same demand, `times` slower and nothing sown again, until `isEnough`. */
export async function* slower(
  steps: AsyncIterable<Step>,
  times: number,
  isEnough: () => boolean,
): AsyncGenerator<Step> {
  for await (const step of steps) {
    if (isEnough()) return;
    // The keys of what is sown are known by its first time.
    if (step.do !== "sow") yield { ...step, at: step.at * times };
  }
}
