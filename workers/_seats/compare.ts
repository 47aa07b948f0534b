import type { Claim } from "./claims.ts";
import type { SeatMap } from "./seat-map.ts";

/** One thing that the seat map says otherwise than the log. */
export interface Difference {
  readonly concertId: string;
  /** A reservation's state, or a seat's owner state. */
  readonly about: "reservation" | "seat";
  readonly id: string;
  readonly log: string;
  readonly map: string;
}

/**
 * Compares the open seat map with what the log says, reservation by reservation and seat by seat. While records
 * are under way there are differences; when all is quiet there are none but holds whose request never reached
 * the log (their seats are `held` in the map alone until another takes them).
 */
export async function compareWithLog(
  seatMap: Pick<SeatMap, "find" | "seats">,
  claims: readonly Claim[],
  signal: AbortSignal,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const seatsTold = new Map<string, Map<string, "held" | "sold">>();
  for (const { reservation, owned } of claims) {
    signal.throwIfAborted();
    const { reservationId, concertId, state } = reservation;
    const seats = seatsTold.get(concertId) ?? new Map();
    seatsTold.set(concertId, seats);
    for (const seat of owned) seats.set(seat, state);
    const found = await seatMap.find(reservationId);
    if (found?.state !== state)
      differences.push({
        concertId,
        about: "reservation",
        id: reservationId,
        log: state,
        map: found?.state ?? "unknown",
      });
  }
  for (const [concertId, told] of seatsTold) {
    const { seats } = await seatMap.seats(concertId);
    for (const seat of new Set([...told.keys(), ...Object.keys(seats)])) {
      const [log, map] = [told.get(seat) ?? "free", seats[seat] ?? "free"];
      if (log !== map) differences.push({ concertId, about: "seat", id: seat, log, map });
    }
  }
  return differences;
}
