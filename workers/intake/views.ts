import type { Concert } from "../../schemas/types.ts";
import type { Reservation } from "../_seats/mod.ts";
import type { ConcertList, ConcertView, ReservationView } from "./messages.ts";

/** What a client is shown of a reservation; never whose it is. */
export function reservationView(reservation: Reservation): ReservationView {
  const { reservationId, state, concertId, seats, amount, currency, requestedAt, holdUntil, reason } =
    reservation;
  return {
    reservationId,
    state,
    concertId,
    seats: [...seats],
    amount,
    currency,
    requestedAt: new Date(requestedAt).toISOString(),
    holdUntil: new Date(holdUntil).toISOString(),
    ...(reason !== undefined && { reason }),
  };
}

export function concertView(concert: Concert): ConcertView {
  return { ...heading(concert), rows: concert.rows };
}

export function concertList(concerts: readonly Concert[]): ConcertList {
  const sorted = [...concerts].sort(
    (a, b) => a.startsAt - b.startsAt || (a.concertId < b.concertId ? -1 : 1),
  );
  return { concerts: sorted.map((concert) => ({ ...heading(concert), seats: seatCount(concert) })) };
}

export function seatCount({ rows }: Pick<Concert, "rows">): number {
  return rows.reduce((sum, row) => sum + row.seats, 0);
}

function heading({ concertId, name, hall, currency, startsAt, cutOffAt }: Concert) {
  return {
    concertId,
    name,
    hall,
    currency,
    startsAt: new Date(startsAt).toISOString(),
    cutOffAt: new Date(cutOffAt).toISOString(),
  };
}
