import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Choices that a seed fixes: a case that was found is found again. */
export interface Random {
  /** A whole number from 0 to below `limit`, at most 2^32. */
  below(limit: number): number;
  chance(probability: number): boolean;
  /** @throws {RangeError} when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T;
  /** 32 random bits, unsigned. */
  bits(): number;
}

export function randomFrom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const bits = () => generator.next() >>> 0;
  const below = (limit: number) => Math.floor((bits() / 0x1_0000_0000) * limit);
  return {
    bits,
    below,
    chance: (probability) => bits() < probability * 0x1_0000_0000,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new RangeError("Cannot pick from nothing");
      // `below` is always an index of the list.
      return from[below(from.length)] as T;
    },
  };
}
