import type { CancellationRequested, PaymentCaptured, PaymentDeclined } from "../../schemas/types.ts";
import { type Decision, isMaker, type Reservation } from "../_seats/mod.ts";

const unknown: Decision = {
  kind: "wait",
  why: "the seat map doesn't know the reservation; expiry adds it when it reads the request",
};

/** A charge was captured: a hold becomes a sale; for anything over, the money goes back once. */
export function decideCapture(
  reservation: Reservation | undefined,
  event: PaymentCaptured,
  id: string,
): Decision {
  if (reservation === undefined) return unknown;
  if (isMaker(reservation, id)) return { kind: "again" };
  const { state, amount, currency } = reservation;
  const { chargeId } = event;
  if (event.amount !== amount || event.currency !== currency)
    return {
      kind: "refuse",
      why: `${amount} ${currency} were due, captured ${event.amount} ${event.currency}`,
    };
  if (reservation.chargeId === chargeId) return { kind: "nothing", why: "the charge is known already" };
  if (reservation.chargeId !== undefined)
    return { kind: "refuse", why: `second charge '${chargeId}' beside '${reservation.chargeId}'` };
  if (state === "held")
    return { kind: "move", to: { seats: "sell", set: { state: "sold", soldBy: id, chargeId } } };
  const refund = { refundBy: id, chargeId };
  if (state === "lapsed")
    return {
      kind: "move",
      to: { seats: "keep", set: { state: "declined", reason: "SEATS_GONE", endedBy: id, ...refund } },
    };
  return { kind: "move", to: { seats: "keep", set: refund } };
}

/** There never will be a charge: the hold is let go. */
export function decideDecline(
  reservation: Reservation | undefined,
  event: PaymentDeclined,
  id: string,
): Decision {
  if (reservation === undefined) return unknown;
  if (isMaker(reservation, id)) return { kind: "again" };
  const { state, chargeId } = reservation;
  if (state === "sold")
    return { kind: "refuse", why: `declined, but charge '${chargeId}' was captured and the seats are sold` };
  if (state === "held" || state === "lapsed")
    return {
      kind: "move",
      to: { seats: "free", set: { state: "declined", reason: event.reason, endedBy: id } },
    };
  return { kind: "nothing", why: `it is ${state} already` };
}

/**
 * The customer wants out. Judged by the time of the request, so that a retry can't make it late.
 * `cutOffAt`: of the concert, epoch milliseconds; needed only when the seats are sold.
 */
export function decideCancellation(
  reservation: Reservation | undefined,
  event: CancellationRequested,
  id: string,
  cutOffAt: number | undefined,
): Decision {
  if (reservation === undefined) return unknown;
  if (isMaker(reservation, id)) return { kind: "again" };
  const { state } = reservation;
  if (state === "held" || state === "lapsed")
    return { kind: "move", to: { seats: "free", set: { state: "cancelled", endedBy: id } } };
  if (state !== "sold") return { kind: "nothing", why: `it is ${state} already` };
  // Else "cancelled" could reach the log before "confirmed", and the customer's last e-mail would be a lie.
  if (!reservation.announced) return { kind: "wait", why: "its confirmation isn't in the log yet" };
  if (cutOffAt === undefined)
    return { kind: "wait", why: `concert '${reservation.concertId}' isn't in the catalogue` };
  if (event.requestedAt >= cutOffAt)
    return { kind: "nothing", why: "it was asked after the concert's cut-off" };
  return {
    kind: "move",
    to: { seats: "free", set: { state: "cancelled", endedBy: id, refundBy: id } },
  };
}
