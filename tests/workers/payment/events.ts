import type { CancellationRequested, RefundRequested, ReservationRequested } from "../../../schemas/types.ts";

/** Of every test reservation. */
export const HOLD_UNTIL = 1_795_000_000_000;

export function requested(change: Partial<ReservationRequested> = {}): ReservationRequested {
  return {
    type: "ReservationRequested",
    reservationId: "r-1",
    customerId: "c-1",
    concertId: "concert-1",
    seats: ["A-1", "A-2"],
    amount: 9000,
    currency: "EUR",
    card: "tok_good",
    requestedAt: HOLD_UNTIL - 20_000,
    holdUntil: HOLD_UNTIL,
    ...change,
  };
}

export function cancellation(change: Partial<CancellationRequested> = {}): CancellationRequested {
  return {
    type: "CancellationRequested",
    reservationId: "r-1",
    customerId: "c-1",
    requestedAt: HOLD_UNTIL - 10_000,
    ...change,
  };
}

export function refundRequest(change: Partial<RefundRequested> = {}): RefundRequested {
  return {
    type: "RefundRequested",
    reservationId: "r-1",
    customerId: "c-1",
    chargeId: "ch_1",
    amount: 9000,
    currency: "EUR",
    reason: "CANCELLED",
    ...change,
  };
}
