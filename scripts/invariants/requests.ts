import type { Facts } from "./facts.ts";
import { type Histories, type History, isSettled } from "./history.ts";
import { type Violation, violation } from "./violation.ts";

/**
 * Every request in the log, and every one that a client was promised, came to one end or is named by an open
 * dead letter.
 */
export function requestsEnded(facts: Facts, histories: Histories): Violation[] {
  const found: Violation[] = [];
  for (const history of histories.values()) {
    const { requested, reservationId } = history;
    if (requested && !isSettled(history))
      found.push(
        violation("request-ended", `reservation ${reservationId} was requested and never ended`, {
          reservations: [reservationId],
          seats: requested.event.seats,
          evidence: [requested.id],
        }),
      );
    if (!endsAgree(history))
      found.push(
        violation("request-ended", `reservation ${reservationId} ended more than once: ${wordsOf(history)}`, {
          reservations: [reservationId],
          evidence: history.ends.map((end) => end.id),
        }),
      );
  }
  for (const { reservationId, fan, seats } of facts.client?.accepted ?? []) {
    if (histories.get(reservationId)?.requested) continue;
    found.push(
      violation(
        "request-ended",
        `reservation ${reservationId} was accepted (fan ${fan}) but is not in the log`,
        {
          reservations: [reservationId],
          seats,
        },
      ),
    );
  }
  return found;
}

/**
 * One end, announced once: who repeats a transition does so because the first announcement never committed. Only
 * a sale may still be followed by something else, its cancellation.
 */
function endsAgree({ ends }: History): boolean {
  const [first, second] = ends.map((end) => end.event.type);
  if (ends.length <= 1) return true;
  return ends.length === 2 && first === "ReservationConfirmed" && second === "ReservationCancelled";
}

function wordsOf({ ends }: History): string {
  return ends.map((end) => end.event.type.replace("Reservation", "").toLowerCase()).join(", then ");
}
