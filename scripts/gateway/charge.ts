import { z } from "zod";
import { type Answer, answerOf, fingerprint, problem, usedBefore } from "./answer.ts";
import type { Book } from "./book.ts";
import { declineCode } from "./dice.ts";
import { explain } from "./explain.ts";
import type { Faults } from "./faults.ts";

const TEXT = "must be 1 to 255 characters";
const text = z.string(TEXT).min(1, TEXT).max(255, TEXT);
const CURRENCY = "must be three capital letters, e.g. EUR";
const AMOUNT = "must be a positive integer, in minor units";
const body = z.object(
  {
    amount: z.int(AMOUNT).positive(AMOUNT),
    currency: z.string(CURRENCY).regex(/^[A-Z]{3}$/, CURRENCY),
    card: text,
    reference: text,
  },
  "must be an object",
);

/** The card's token in a charge's body; empty when there is none. */
export function cardOf(value: unknown): string {
  const parsed = body.pick({ card: true }).safeParse(value);
  return parsed.success ? parsed.data.card : "";
}

export interface EffectOptions {
  readonly book: Book;
  readonly faults: Faults;
  readonly seed: number;
  /** Resolves when the effect is due, the key being in progress until then. Rejects when it never happens. */
  readonly due: () => Promise<void>;
}

/** `POST /charges`. */
export async function charge(key: string, value: unknown, options: EffectOptions): Promise<Answer> {
  const { book, faults, seed, due } = options;
  const parsed = body.safeParse(value);
  if (!parsed.success)
    return problem(422, "body_invalid", `Cannot charge as ${explain(parsed.error, value)}`);
  const { amount, currency, card, reference } = parsed.data;
  if (card.startsWith("tok_poison")) {
    return problem(422, "card_invalid", "Cannot charge as 'card' must be a card's token");
  }
  const print = fingerprint("charge", [amount, currency, card, reference]);
  const begun = book.begin(key, print);
  if (begun.is !== "begun") return usedBefore(key, begun);
  try {
    await due();
    const code = declineCode(card, faults, seed, key);
    const money = { key, amount, currency, reference, print };
    if (code !== undefined) return answerOf(book.enter({ kind: "decline", code, ...money }));
    return answerOf(book.enter({ kind: "charge", id: `ch_${fingerprint("id", [seed, key])}`, ...money }));
  } finally {
    book.abandon(key);
  }
}
