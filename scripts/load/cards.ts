import type { Random } from "./random.ts";
import type { Shares } from "./shares.ts";

/** Tokens of the gateway's test cards (`docs/gateway.md`), by what they do. */
export const CARDS = {
  good: "tok_good",
  declined: "tok_declined",
  /** The first charge fails before the effect, the second goes through. */
  flaky: "tok_flaky",
  /** The first charge goes through, its answer never comes. */
  lost: "tok_lost",
  /** Every charge fails: the attempts run out. */
  failing: "tok_failing",
  /** Always 422: a valid request that can never be charged. */
  poison: "tok_poison",
} as const;

export type CardKind = keyof typeof CARDS;

const ODD = ["declined", "flaky", "lost", "failing", "poison"] as const satisfies CardKind[];

/** Deals a card; what the odd cards' shares leave is good. */
export function deal(shares: Shares, chance: Random): CardKind {
  let drawn = chance.unit();
  for (const kind of ODD) {
    if (drawn < shares[kind]) return kind;
    drawn -= shares[kind];
  }
  return "good";
}

/** What a token's beginning says, as the gateway reads it. */
export function kindOf(card: string): CardKind {
  return ODD.find((kind) => card.startsWith(CARDS[kind])) ?? "good";
}
