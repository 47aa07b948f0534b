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
  const wanted = wantedSeats(reservations);
  const sold = new Set<string>();
  const soldTwice: { concertId: string; seat: string }[] = [];
  const claims: Claim[] = [];
  for (const reservation of reservations.filter(({ state }) => state === "sold").sort(byTime)) {
    const leaving = isLeaving(stories.get(reservation.reservationId), cutOffOf(reservation.concertId));
    const owned = reservation.seats.filter((seat) => {
      const at = place(reservation, seat);
      // Settlement had taken the sale back, or nobody could have asked for this seat since; its event is to come.
      if (leaving && wanted.get(at)?.newest !== reservation) return false;
      if (sold.has(at)) soldTwice.push({ concertId: reservation.concertId, seat });
      return !sold.has(at);
    });
    for (const seat of owned) sold.add(place(reservation, seat));
    claims.push({ reservation, owned });
  }
  for (const reservation of reservations) {
    if (reservation.state === "sold") continue;
    const { state, seats, holdUntil } = reservation;
    const hasLost = (seat: string) => {
      const at = place(reservation, seat);
      const { newest, lastRequestedAt = 0 } = wanted.get(at) ?? {};
      return sold.has(at) || newest !== reservation || lastRequestedAt > holdUntil;
    };
    if (state !== "held") claims.push({ reservation, owned: [] });
    else if (seats.some(hasLost))
      claims.push({ reservation: { ...reservation, state: "lapsed" }, owned: [] });
    else claims.push({ reservation, owned: seats });
  }
  return { claims, soldTwice, incomplete };
}

const place = ({ concertId }: Reservation, seat: string) => JSON.stringify([concertId, seat]);

/** At the same time what is over or sold comes before what is held; the rest only has to be some order. */
function byTime(a: Reservation, b: Reservation): number {
  const held = Number(a.state === "held") - Number(b.state === "held");
  return a.requestedAt - b.requestedAt || held || (a.reservationId < b.reservationId ? -1 : 1);
}

interface Wanted {
  /** The last one that asked for the seat, of those that are sold or have no end yet. */
  readonly newest: Reservation | undefined;
  /** When anybody asked last, whatever became of it: after a hold's deadline that means the hold lapsed. */
  readonly lastRequestedAt: number;
}

function wantedSeats(reservations: readonly Reservation[]): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const reservation of reservations) {
    const { state, requestedAt } = reservation;
    const stands = state === "held" || state === "sold" ? reservation : undefined;
    for (const seat of reservation.seats) {
      const { newest, lastRequestedAt = 0 } = wanted.get(place(reservation, seat)) ?? {};
      const isNewer = stands !== undefined && (newest === undefined || byTime(newest, stands) < 0);
      wanted.set(place(reservation, seat), {
        newest: isNewer ? stands : newest,
        lastRequestedAt: Math.max(lastRequestedAt, requestedAt),
      });
    }
  }
  return wanted;
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
    // Empty in a confirmation that was written before it carried the charge.
    chargeId: confirmed?.chargeId || refund?.chargeId,
    soldBy: confirmed === undefined ? undefined : LOG,
    endedBy: state === "held" || state === "sold" ? undefined : LOG,
    refundBy: refund === undefined ? undefined : LOG,
    revision: 1,
    generation: "",
  };
}
