import { kindOf } from "../load/cards.ts";
import type { Facts, Letter } from "./facts.ts";
import { type Histories, isJudged } from "./history.ts";
import { type Violation, violation } from "./violation.ts";

/** What the sown records must become: how many letters each worker owes for a key, at least and at most. */
interface Expected {
  readonly worker: string;
  readonly key: string;
  readonly least: 0 | 1;
  readonly most: number;
}

/**
 * The dead letters are exactly the ones sown: each broken record one letter of every worker that had to read
 * it, each poison card one of payment's for each time the log has its request, and none besides. Cards that fail every charge may run out of attempts
 * or out of time: their letters may be there.
 */
export function lettersSown(facts: Facts, histories: Histories): Violation[] {
  const expected = expectedLetters(facts, histories);
  if (!expected) return [];
  const left = new Map<string, Letter[]>();
  for (const letter of facts.letters) {
    if (letter.time < facts.since) continue;
    const place = placeOf(letter.worker, letter.key ?? letter.reservationId ?? "");
    left.set(place, [...(left.get(place) ?? []), letter]);
  }
  const found: Violation[] = [];
  for (const { worker, key, least, most } of expected) {
    const place = placeOf(worker, key);
    const letters = left.get(place) ?? [];
    left.delete(place);
    if (letters.length >= least && letters.length <= most) continue;
    const what =
      letters.length === 0
        ? `what was sown under '${key}' is no dead letter of ${worker}`
        : `what was sown under '${key}' became ${letters.length} dead letters of ${worker}`;
    found.push(violation("letters-sown", what, { evidence: [key, ...letters.map((letter) => letter.id)] }));
  }
  for (const letter of [...left.values()].flat()) {
    const { id, worker, key, stage, error, reason, reservationId, recordId } = letter;
    const what = `${worker} has a dead letter that nobody sowed, ${recordId}: ${stage}, ${error}: ${reason}`;
    const named = reservationId ?? key;
    found.push(
      violation("letters-sown", what, { evidence: [id, recordId], reservations: named ? [named] : [] }),
    );
  }
  return found;
}

function expectedLetters(facts: Facts, histories: Histories): Expected[] | undefined {
  if (!facts.client) return undefined;
  const sown = facts.client.sown.flatMap(({ sown, key }) =>
    facts.readers
      // Half of an event still says which record it is: only who handles that one has to decode it.
      .filter((reader) => sown !== "truncated" || reader.records.includes("ReservationRequested"))
      .map(({ worker }): Expected => ({ worker, key, least: 1, most: 1 })),
  );
  // By the log, not by what clients heard: a request whose answer was lost for good counts too.
  const cards = [...histories.values()].flatMap((history): Expected[] => {
    if (!isJudged(history, facts)) return [];
    const { reservationId, requested, requests, payments } = history;
    const kind = requested && kindOf(requested.event.card);
    if (kind !== "poison" && kind !== "failing") return [];
    // Too late to charge, the card is never shown to the gateway: the key is closed instead.
    const barred = payments.some((payment) => payment.event.type === "PaymentDeclined");
    const least = kind === "poison" && !barred ? 1 : 0;
    return [{ worker: "payment", key: reservationId, least, most: requests }];
  });
  return [...sown, ...cards];
}

function placeOf(worker: string, key: string): string {
  return `${worker} ${key}`;
}
