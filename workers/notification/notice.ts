import type {
  PaymentRefunded,
  ReservationCancelled,
  ReservationConfirmed,
  ReservationExpired,
  ReservationRejected,
} from "../../schemas/types.ts";
import { formatAmount } from "./amount.ts";

/** The events a customer hears of. */
export type NoticeEvent =
  | ReservationConfirmed
  | ReservationRejected
  | ReservationExpired
  | ReservationCancelled
  | PaymentRefunded;

/** What a customer is told, before it becomes a mail. */
export interface Notice {
  readonly subject: string;
  /** Sentences, one paragraph each. */
  readonly paragraphs: readonly string[];
}

const REJECTIONS: Readonly<Record<ReservationRejected["reason"], string>> = {
  DECLINED: "Your card was declined. Nothing was charged, and the seats are free again.",
  TOO_LATE: "The payment did not finish in time. Nothing was charged, and the seats are free again.",
  SEATS_GONE: "The seats went to somebody else. If your card was charged, the money is given back.",
};

/**
 * The notice of one event. Each must be true whichever other arrives before it: notices of `reservations` keep
 * their order, but a refund comes from `payments` and has no order with them, so it speaks of money only.
 */
export function noticeOf(event: NoticeEvent): Notice {
  const { reservationId } = event;
  switch (event.type) {
    case "ReservationConfirmed":
      return {
        subject: `Confirmed: your seats for ${event.concertId}`,
        paragraphs: [
          `Your reservation ${reservationId} is paid and confirmed: the seats are yours.`,
          seatsLine(event),
          `Paid: ${formatAmount(event.amount, event.currency)}.`,
        ],
      };
    case "ReservationRejected":
      return {
        subject: `Not confirmed: your reservation for ${event.concertId}`,
        paragraphs: [
          `Your reservation ${reservationId} could not be confirmed.`,
          REJECTIONS[event.reason],
          seatsLine(event),
        ],
      };
    case "ReservationExpired":
      return {
        subject: `Expired: your reservation for ${event.concertId}`,
        paragraphs: [
          `Your reservation ${reservationId} was not paid before its deadline, so the seats are free again.`,
          "If your card is charged all the same, the money is given back.",
          seatsLine(event),
        ],
      };
    case "ReservationCancelled":
      return {
        subject: `Cancelled: your reservation for ${event.concertId}`,
        paragraphs: [
          `Your reservation ${reservationId} is cancelled, as you asked: you have no seats from it any more.`,
          event.afterSale
            ? "What you paid is being given back."
            : "If your card is charged all the same, the money is given back.",
          seatsLine(event),
        ],
      };
    case "PaymentRefunded":
      return {
        subject: `Refund for reservation ${reservationId}`,
        paragraphs: [
          `We gave back ${formatAmount(event.amount, event.currency)} for reservation ${reservationId}.`,
        ],
      };
  }
}

function seatsLine(event: { readonly concertId: string; readonly seats: readonly string[] }): string {
  return `Concert ${event.concertId}, seats ${event.seats.join(", ")}.`;
}
