import type { Random } from "./random.ts";

/** Picks an index with a probability in proportion to its weight, in O(log n). */
export function weighted(weights: readonly number[]): (random: Random) => number {
  const sums: number[] = [];
  let total = 0;
  for (const weight of weights) {
    total += weight;
    sums.push(total);
  }
  return (random) => {
    const drawn = random.unit() * total;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (drawn < (sums[middle] ?? total)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Zipf's law: rank r (from 1) of `count` weighs 1 / r^exponent. */
export function zipf(count: number, exponent: number): number[] {
  return Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
}
