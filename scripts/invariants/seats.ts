import type { Facts } from "./facts.ts";
import { type Histories, type History, isStanding } from "./history.ts";
import { type Violation, violation } from "./violation.ts";

/** One sale of one seat, by the log. */
interface Sale {
  readonly reservationId: string;
  /** Of its ReservationConfirmed. */
  readonly id: string;
  /** When the seat was asked for, epoch milliseconds. */
  readonly from: number;
  /** The earliest time at which it can have gone to another; never while the sale stands. */
  readonly until: number;
  readonly stands: boolean;
}

/** Per concert and seat. */
type Sales = ReadonlyMap<string, ReadonlyMap<string, readonly Sale[]>>;

/**
 * No seat sold twice, by the log, not even for a while: who has a seat keeps it until its cancellation is asked
 * for, so a later owner asked for the seat after that. And the seat map shows as sold exactly what stands in the
 * log.
 */
export function seatsSoldOnce(facts: Facts, histories: Histories): Violation[] {
  const sales = salesOf(histories);
  const found: Violation[] = [];
  for (const [concertId, seats] of sales)
    for (const [seat, all] of seats)
      for (const [first, second] of overlaps(all))
        found.push(
          violation("seat-sold-once", `seat ${seat} of ${concertId} is sold to two reservations`, {
            reservations: [first.reservationId, second.reservationId],
            seats: [seat],
            evidence: [first.id, second.id],
          }),
        );
  return facts.seatMap ? [...found, ...compare(facts.seatMap.seats, sales)] : found;
}

function salesOf(histories: Histories): Sales {
  const sales = new Map<string, Map<string, Sale[]>>();
  for (const history of histories.values()) {
    const { reservationId, requested } = history;
    const confirmed = history.ends.find(({ event }) => event.type === "ReservationConfirmed");
    if (confirmed?.event.type !== "ReservationConfirmed") continue;
    const { concertId, seats } = confirmed.event;
    const from = requested?.event.requestedAt ?? confirmed.time;
    const sale = {
      reservationId,
      id: confirmed.id,
      from,
      until: untilOf(history),
      stands: isStanding(history),
    };
    const ofConcert = sales.get(concertId) ?? new Map<string, Sale[]>();
    sales.set(concertId, ofConcert);
    for (const seat of seats) ofConcert.set(seat, [...(ofConcert.get(seat) ?? []), sale]);
  }
  return sales;
}

/** One that ended without a cancellation on record says nothing of when: `requests.ts` finds fault with its end. */
function untilOf(history: History): number {
  if (isStanding(history)) return Number.POSITIVE_INFINITY;
  return history.cancellationAt ?? Number.NEGATIVE_INFINITY;
}

function* overlaps(sales: readonly Sale[]): Generator<readonly [Sale, Sale]> {
  const byTime = sales.toSorted((a, b) => a.from - b.from);
  for (const [index, second] of byTime.entries())
    for (const first of byTime.slice(0, index)) if (first.until > second.from) yield [first, second];
}

function* compare(
  map: ReadonlyMap<string, ReadonlyMap<string, "held" | "sold">>,
  sales: Sales,
): Generator<Violation> {
  for (const concertId of new Set([...map.keys(), ...sales.keys()])) {
    const shown = map.get(concertId) ?? new Map<string, "held" | "sold">();
    const standing = new Map<string, Sale>();
    for (const [seat, all] of sales.get(concertId) ?? []) {
      const owner = all.find(({ stands }) => stands);
      if (owner) standing.set(seat, owner);
    }
    for (const [seat, { reservationId, id }] of standing) {
      if (shown.get(seat) === "sold") continue;
      const what = `seat ${seat} of ${concertId} is sold in the log but ${shown.get(seat) ?? "free"} in the seat map`;
      yield violation("seat-sold-once", what, {
        reservations: [reservationId],
        seats: [seat],
        evidence: [id],
      });
    }
    for (const [seat, state] of shown) {
      if (state !== "sold" || standing.has(seat)) continue;
      const what = `seat ${seat} of ${concertId} is sold in the seat map but not in the log`;
      yield violation("seat-sold-once", what, { seats: [seat] });
    }
  }
}
