import { z } from "zod";
import type { Question } from "./ask.ts";
import type { ReserveStep } from "./step.ts";

/** The intake under load, and what makes this run's clients and keys its own. */
export interface Shop {
  /** Without a slash at the end. */
  readonly url: string;
  readonly concertId: string;
  /** Part of every client's name and so of every reservation: another run makes other reservations. */
  readonly run: string;
  readonly timeoutMs: number;
}

const Answered = z.object({ reservationId: z.string().min(1), state: z.string() });

/** The fan's request for its `choice`-th choice of seats (from 0); each has an Idempotency-Key of its own. */
export function reserveQuestion(shop: Shop, step: ReserveStep, choice: number): Question {
  const client = clientOf(shop, step.fan);
  return {
    method: "POST",
    url: `${shop.url}/reservations`,
    headers: {
      "content-type": "application/json",
      "idempotency-key": `${client}-${choice + 1}`,
      "x-client-id": client,
    },
    body: JSON.stringify({
      concertId: shop.concertId,
      seats: step.choices[choice] ?? [],
      card: step.card,
      email: `${client}@fans.example`,
    }),
    timeoutMs: shop.timeoutMs,
    ...(step.hangUpMs !== undefined && choice === 0 ? { hangUpMs: step.hangUpMs } : {}),
  };
}

export function cancelQuestion(shop: Shop, fan: number, reservationId: string): Question {
  return {
    method: "DELETE",
    url: `${shop.url}/reservations/${encodeURIComponent(reservationId)}`,
    headers: { "x-client-id": clientOf(shop, fan) },
    timeoutMs: shop.timeoutMs,
  };
}

/**
 * What an answer with 202 says of the reservation; undefined when it says nothing we understand. Its state is
 * `lapsed` when the hold ran out before the client asked again: then nothing was promised.
 */
export function answered(
  body: string,
): { readonly reservationId: string; readonly state: string } | undefined {
  try {
    return Answered.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

function clientOf(shop: Shop, fan: number): string {
  return `${shop.run}-fan-${fan}`;
}
