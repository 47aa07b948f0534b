import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A seeded source of chance: the same seed gives the same on-sale on every machine. */
export interface Random {
  /** From 0, below 1. */
  unit(): number;
  /** Both ends included. */
  int(from: number, to: number): number;
  chance(share: number): boolean;
}

export function random(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const unit = () => uniformFloat64(generator);
  return {
    unit,
    int: (from, to) => uniformInt(generator, from, to),
    // A draw is made even for a share of 0: turning a share on or off leaves everything else as it was.
    chance: (share) => unit() < share,
  };
}
