/**
 * held → sold | expired | declined | cancelled | lapsed; sold → cancelled; lapsed → expired | declined |
 * cancelled. `lapsed`: the seats are gone, the end event is still to come. `docs/state-machines.md` has every
 * event in every state.
 */
export type ReservationState = "held" | "sold" | "expired" | "declined" | "cancelled" | "lapsed";

/** What the seat map keeps of a reservation beside the seats; written by the same scripts. */
export interface Reservation {
  readonly reservationId: string;
  readonly customerId: string;
  readonly concertId: string;
  readonly seats: readonly string[];
  /** Minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Epoch milliseconds, the clock of the member that held the seats. */
  readonly requestedAt: number;
  /** The hold's deadline, epoch milliseconds. */
  readonly holdUntil: number;
  /** `requestHash` of what was asked: the same id with another hash is a conflict. */
  readonly bodyHash: string;
  readonly state: ReservationState;
  /** Of a declined one. */
  readonly reason: "DECLINED" | "TOO_LATE" | "SEATS_GONE" | undefined;
  /** True from the first sight of the request in the log. */
  readonly published: boolean;
  /** True once ReservationConfirmed stands in the log: only then may a cancellation take the sale back. */
  readonly announced: boolean;
  /** The charge that made the sale, or that is given back. */
  readonly chargeId: string | undefined;
  /** Identity of the record that made the sale; `log` when a rebuild found the sale in the log. */
  readonly soldBy: string | undefined;
  /** Identity of the record that made the end event (expired, declined, cancelled), or `log`. */
  readonly endedBy: string | undefined;
  /** Identity of the record that asked for the refund, or `log`. */
  readonly refundBy: string | undefined;
  /** Grows with every change; a transition names the one it decided on. */
  readonly revision: number;
  /** Of the seat map that it was found in: in another one its revision means nothing. */
  readonly generation: string;
}
