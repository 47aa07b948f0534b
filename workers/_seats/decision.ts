import type {
  RefundRequested,
  ReservationCancelled,
  ReservationConfirmed,
  ReservationExpired,
  ReservationRejected,
} from "../../schemas/types.ts";
import type { Reservation } from "./reservation.ts";
import type { Transition } from "./seat-map.ts";

/** What a record makes of a reservation in its present state. */
export type Decision =
  | { readonly kind: "move"; readonly to: Transition }
  /** This very record made the transition before, in an attempt that did not commit: its events once more. */
  | { readonly kind: "again" }
  /** Rightly no effect. */
  | { readonly kind: "nothing"; readonly why: string }
  /** Can't be decided yet: the record is tried again on the worker's ladder. */
  | { readonly kind: "wait"; readonly why: string }
  /** Contradicts what is known, and money may hang on it: a dead letter for a person to look at. */
  | { readonly kind: "refuse"; readonly why: string };

export type EndEvent =
  | ReservationConfirmed
  | ReservationRejected
  | ReservationExpired
  | ReservationCancelled
  | RefundRequested;

/**
 * The events that the record `id` made of this reservation, from what its transitions stored. The same for the
 * attempt that made the transition and for each that repeats it; none for any other record.
 */
export function eventsOf(reservation: Reservation, id: string): EndEvent[] {
  const { reservationId, customerId, concertId, amount, currency, state, reason, chargeId } = reservation;
  const seats = [...reservation.seats];
  const whose = { reservationId, customerId, concertId, seats };
  const events: EndEvent[] = [];
  if (state === "sold" && reservation.soldBy === id)
    events.push({ type: "ReservationConfirmed", ...whose, amount, currency, chargeId: chargeId ?? "" });
  if (reservation.endedBy === id) {
    if (state === "expired") events.push({ type: "ReservationExpired", ...whose, amount, currency });
    if (state === "declined")
      events.push({ type: "ReservationRejected", ...whose, reason: reason ?? "DECLINED" });
    if (state === "cancelled")
      events.push({ type: "ReservationCancelled", ...whose, afterSale: reservation.soldBy !== undefined });
  }
  if (reservation.refundBy === id)
    events.push({
      type: "RefundRequested",
      reservationId,
      customerId,
      chargeId: chargeId ?? "",
      amount,
      currency,
      reason: refundReason(reservation),
    });
  return events;
}

/** True when `id` made a transition of this reservation before. */
export function isMaker({ soldBy, endedBy, refundBy }: Reservation, id: string): boolean {
  return soldBy === id || endedBy === id || refundBy === id;
}

function refundReason({ state, reason }: Reservation): RefundRequested["reason"] {
  if (state === "cancelled") return "CANCELLED";
  return state === "declined" && reason === "SEATS_GONE" ? "SEATS_GONE" : "TOO_LATE";
}
