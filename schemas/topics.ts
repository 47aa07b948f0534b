import { topic } from "../workers/_runtime/mod.ts";
import {
  CancellationRequested,
  Concert,
  HoldDue,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  RefundRequested,
  ReservationCancelled,
  ReservationConfirmed,
  ReservationExpired,
  ReservationRejected,
  ReservationRequested,
} from "./types.ts";

/** Halls and prices; the newest record per concert counts. */
export const concerts = topic({
  name: "concerts",
  records: [Concert],
  key: (event) => event.concertId,
  retention: "compact",
});

/** The life of every reservation, kept for ever: seats, states and timers are rebuilt from it. */
export const reservations = topic({
  name: "reservations",
  records: [
    ReservationRequested,
    CancellationRequested,
    HoldDue,
    ReservationConfirmed,
    ReservationRejected,
    ReservationExpired,
    ReservationCancelled,
    RefundRequested,
  ],
  key: (event) => event.reservationId,
  retention: "forever",
});

/** What became of each reservation's money. */
export const payments = topic({
  name: "payments",
  records: [PaymentCaptured, PaymentDeclined, PaymentRefunded],
  key: (event) => event.reservationId,
  retention: "forever",
});

export const topics = [concerts, reservations, payments] as const;
