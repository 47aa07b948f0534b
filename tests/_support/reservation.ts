import type { Reservation } from "../../workers/_seats/mod.ts";

/** A reservation as the seat map answers it, for pure logic. */
export function reservation(over: Partial<Reservation> = {}): Reservation {
  return {
    reservationId: "r",
    customerId: "u",
    concertId: "c",
    seats: ["A-1", "A-2"],
    amount: 5_000,
    currency: "EUR",
    requestedAt: 1_000,
    holdUntil: 2_000,
    bodyHash: "hash",
    state: "held",
    reason: undefined,
    published: true,
    announced: false,
    chargeId: undefined,
    soldBy: undefined,
    endedBy: undefined,
    refundBy: undefined,
    revision: 1,
    generation: "g",
    ...over,
  };
}

/** One reservation in every state that a transition can leave it in; `by` made it. */
export const SITUATIONS = {
  unknown: undefined,
  held: reservation(),
  "sold, not announced": reservation({ state: "sold", soldBy: "by", chargeId: "ch" }),
  "sold, announced": reservation({ state: "sold", soldBy: "by", chargeId: "ch", announced: true }),
  expired: reservation({ state: "expired", endedBy: "by" }),
  "expired, refunded": reservation({ state: "expired", endedBy: "by", chargeId: "ch", refundBy: "by2" }),
  declined: reservation({ state: "declined", reason: "DECLINED", endedBy: "by" }),
  "declined, too late": reservation({ state: "declined", reason: "TOO_LATE", endedBy: "by" }),
  "declined, seats gone": reservation({
    ...{ state: "declined", reason: "SEATS_GONE", endedBy: "by", chargeId: "ch", refundBy: "by" },
  }),
  cancelled: reservation({ state: "cancelled", endedBy: "by" }),
  "cancelled, refunded": reservation({ state: "cancelled", endedBy: "by", chargeId: "ch", refundBy: "by2" }),
  "cancelled after sale": reservation({
    ...{ state: "cancelled", endedBy: "by", soldBy: "log", announced: true, chargeId: "ch", refundBy: "by" },
  }),
  lapsed: reservation({ state: "lapsed" }),
} as const satisfies Record<string, Reservation | undefined>;

export type Situation = keyof typeof SITUATIONS;
