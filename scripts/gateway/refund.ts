import { z } from "zod";
import { type Answer, answerOf, fingerprint, problem, usedBefore } from "./answer.ts";
import type { EffectOptions } from "./charge.ts";
import { explain } from "./explain.ts";

const body = z.object(
  {
    charge: z.string("must be a charge's id"),
    amount: z.int("must be the charge's amount or left out").optional(),
  },
  "must be an object",
);

/** `POST /refunds`: the whole charge or nothing. */
export async function refund(key: string, value: unknown, options: EffectOptions): Promise<Answer> {
  const { book, seed, due } = options;
  const parsed = body.safeParse(value);
  if (!parsed.success)
    return problem(422, "body_invalid", `Cannot refund as ${explain(parsed.error, value)}`);
  const { charge: id, amount } = parsed.data;
  const print = fingerprint("refund", [id, amount ?? null]);
  const begun = book.begin(key, print);
  if (begun.is !== "begun") return usedBefore(key, begun);
  try {
    await due();
    const charge = book.charge(id);
    if (!charge) return problem(404, "charge_unknown", `There is no charge '${id}'`);
    if (amount !== undefined && amount !== charge.amount) {
      return problem(
        422,
        "amount_mismatch",
        `Cannot refund as 'amount' must be the whole ${charge.amount}: current value is ${amount}`,
      );
    }
    const earlier = book.refundOf(id);
    if (earlier) {
      return problem(
        422,
        "charge_already_refunded",
        `The charge '${id}' was refunded under the key '${earlier.key}'`,
      );
    }
    const { currency, reference } = charge;
    const money = { key, amount: charge.amount, currency, reference, print };
    return answerOf(
      book.enter({ kind: "refund", id: `re_${fingerprint("id", [seed, key])}`, charge: id, ...money }),
    );
  } finally {
    book.abandon(key);
  }
}
