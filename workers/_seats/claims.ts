import { requestHash } from "./request-hash.ts";
import type { Reservation, ReservationState } from "./reservation.ts";
import type { Stories, Story } from "./story.ts";

/** Stands for the identity of a record whose transition is in the log: no record will ever be it again. */
export const LOG = "log";

/** A reservation as a rebuild writes it. */
export interface Claim {
  readonly reservation: Reservation;
  /** The seats that it gets: all, none, or of a sale that is being cancelled those that nobody took since. */
  readonly owned: readonly string[];
}

export interface Claims {
  readonly claims: readonly Claim[];
  /** Seats that the log sold twice: a broken invariant. The first sale keeps them. */
  readonly soldTwice: readonly { readonly concertId: string; readonly seat: string }[];
  /** Reservations of which the log has something, but neither request nor confirmation. */
  readonly incomplete: number;
}

/**
 * Who has which seat, from what the log says. `cutOffOf`: of a concert, epoch milliseconds; undefined when the
 * catalogue doesn't have it. `docs/decisions/rebuild-order.md` proves that no seat goes to two.
 */
export function claimsOf(stories: Stories, cutOffOf: (concertId: string) => number | undefined): Claims {
  const reservations: Reservation[] = [];
  let incomplete = 0;
  for (const [reservationId, story] of stories) {
    const reservation = toldBy(reservationId, story);
    if (reservation === undefined) incomplete++;
    else reservations.push(reservation);
  }
  const newest = newestRequests(reservations);
  const isNewest = (reservation: Reservation, seat: string) =>
    newest.get(place(reservation, seat)) === reservation;

  const sold = new Map<string, Reservation>();
  const soldTwice: { concertId: string; seat: string }[] = [];
  const claims: Claim[] = [];
  for (const reservation of reservations.filter(({ state }) => state === "sold").sort(byTime)) {
    const leaving = isLeaving(stories.get(reservation.reservationId), cutOffOf(reservation.concertId));
    const owned = reservation.seats.filter((seat) => {
      // Settlement had taken the sale back, or nobody could have asked for this seat since; its event is to come.
      if (leaving && !isNewest(reservation, seat)) return false;
      if (!sold.has(place(reservation, seat))) return true;
      soldTwice.push({ concertId: reservation.concertId, seat });
      return false;
    });
    for (const seat of owned) sold.set(place(reservation, seat), reservation);
    claims.push({ reservation, owned });
  }
  for (const reservation of reservations) {
    const { state, seats } = reservation;
    if (state === "sold") continue;
    const keeps =
      state === "held" &&
      seats.every((seat) => isNewest(reservation, seat) && !sold.has(place(reservation, seat)));
    if (state === "held" && !keeps)
      claims.push({ reservation: { ...reservation, state: "lapsed" }, owned: [] });
    else claims.push({ reservation, owned: keeps ? seats : [] });
  }
  return { claims, soldTwice, incomplete };
}

const place = ({ concertId }: Reservation, seat: string) => JSON.stringify([concertId, seat]);

const byTime = (a: Reservation, b: Reservation) =>
  a.requestedAt - b.requestedAt || (a.reservationId < b.reservationId ? -1 : 1);

/** Per seat the last one that asked for it: whoever asked before has lost it, in one way or another. */
function newestRequests(reservations: readonly Reservation[]): ReadonlyMap<string, Reservation> {
  const newest = new Map<string, Reservation>();
  for (const reservation of reservations)
    for (const seat of reservation.seats) {
      const other = newest.get(place(reservation, seat));
      if (other === undefined || byTime(other, reservation) < 0)
        newest.set(place(reservation, seat), reservation);
    }
  return newest;
}

/** Sold, with a cancellation in the log that settlement grants but whose end event isn't there yet. */
function isLeaving(story: Story | undefined, cutOffAt: number | undefined): boolean {
  const asked = story?.cancellation?.requestedAt;
  return asked !== undefined && cutOffAt !== undefined && asked < cutOffAt;
}

function stateOf({ cancelled, confirmed, expired, rejected }: Story): ReservationState {
  if (cancelled) return "cancelled";
  if (confirmed) return "sold";
  if (expired) return "expired";
  return rejected === undefined ? "held" : "declined";
}

/** `held` stands for every request without an end; whether it keeps its seats is for the claims. */
function toldBy(reservationId: string, story: Story): Reservation | undefined {
  const { requested, confirmed, refund, rejected } = story;
  const about = requested ?? confirmed;
  if (about === undefined) return undefined;
  const { customerId, concertId, seats, amount, currency } = about;
  const state = stateOf(story);
  return {
    ...{ reservationId, customerId, concertId, seats, amount, currency, state },
    // A sale whose request can't be read any more is still a sale.
    requestedAt: requested?.requestedAt ?? 0,
    holdUntil: requested?.holdUntil ?? 0,
    bodyHash: requested === undefined ? "" : requestHash(requested),
    reason: state === "declined" ? rejected : undefined,
    published: true,
    announced: confirmed !== undefined,
    chargeId: confirmed?.chargeId ?? refund?.chargeId,
    soldBy: confirmed === undefined ? undefined : LOG,
    endedBy: state === "held" || state === "sold" ? undefined : LOG,
    refundBy: refund === undefined ? undefined : LOG,
    revision: 1,
  };
}
