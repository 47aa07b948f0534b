import type { Facts } from "./facts.ts";
import { endOf, type Histories, isStanding } from "./history.ts";
import { type Violation, violation } from "./violation.ts";

/** No seat sold twice, by the log; and the seat map shows as sold exactly what stands in the log. */
export function seatsSoldOnce(facts: Facts, histories: Histories): Violation[] {
  const found: Violation[] = [];
  const owners = new Map<string, Map<string, { reservationId: string; id: string }>>();
  for (const history of histories.values()) {
    const end = endOf(history);
    if (!end || !isStanding(history) || !("seats" in end.event)) continue;
    const { reservationId } = history;
    const { concertId, seats } = end.event;
    const sold = owners.get(concertId) ?? new Map();
    owners.set(concertId, sold);
    for (const seat of seats) {
      const other = sold.get(seat);
      if (other)
        found.push(
          violation("seat-sold-once", `seat ${seat} of ${concertId} is sold to two reservations`, {
            reservations: [other.reservationId, reservationId],
            seats: [seat],
            evidence: [other.id, end.id],
          }),
        );
      else sold.set(seat, { reservationId, id: end.id });
    }
  }
  return facts.seatMap ? [...found, ...compare(facts.seatMap.seats, owners)] : found;
}

function* compare(
  map: ReadonlyMap<string, ReadonlyMap<string, "held" | "sold">>,
  owners: ReadonlyMap<string, ReadonlyMap<string, { reservationId: string; id: string }>>,
): Generator<Violation> {
  for (const concertId of new Set([...map.keys(), ...owners.keys()])) {
    const shown = map.get(concertId) ?? new Map<string, "held" | "sold">();
    const sold = owners.get(concertId) ?? new Map<string, { reservationId: string; id: string }>();
    for (const [seat, { reservationId, id }] of sold) {
      if (shown.get(seat) === "sold") continue;
      const what = `seat ${seat} of ${concertId} is sold in the log but ${shown.get(seat) ?? "free"} in the seat map`;
      yield violation("seat-sold-once", what, {
        reservations: [reservationId],
        seats: [seat],
        evidence: [id],
      });
    }
    for (const [seat, state] of shown) {
      if (state !== "sold" || sold.has(seat)) continue;
      yield violation(
        "seat-sold-once",
        `seat ${seat} of ${concertId} is sold in the seat map but not in the log`,
        {
          seats: [seat],
        },
      );
    }
  }
}
