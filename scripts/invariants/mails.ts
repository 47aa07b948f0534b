import type { BusinessEvent, Facts, Logged, ReceivedMail } from "./facts.ts";
import { endOf, type Histories, type History, isJudged } from "./history.ts";
import { type Violation, violation } from "./violation.ts";

/** How the subject of each notice begins. */
const SUBJECTS: Partial<Record<BusinessEvent["type"], string>> = {
  ReservationConfirmed: "Confirmed:",
  ReservationRejected: "Not confirmed:",
  ReservationExpired: "Expired:",
  ReservationCancelled: "Cancelled:",
  PaymentRefunded: "Refund",
};

interface Told {
  readonly mail: ReceivedMail;
  readonly about: Logged;
}

/**
 * What the customer read last about each reservation is how it stands in the log, and every refund was told.
 * Refunds come from another topic and have no order with the rest, so they are judged apart. A repeat under
 * the same Message-ID is allowed once per kill.
 */
export function mailsTrue(facts: Facts, histories: Histories): Violation[] {
  if (!facts.mails) return [];
  const found: Violation[] = [];
  const events = new Map(facts.events.map((logged) => [logged.id, logged]));
  const lastTold = new Map<string, Told>();
  const refundTold = new Set<string>();
  const times = new Map<string, number>();
  for (const mail of facts.mails) {
    const recordId = recordOf(mail);
    const about = events.get(recordId);
    times.set(mail.messageId, (times.get(mail.messageId) ?? 0) + 1);
    const begin = about && SUBJECTS[about.event.type];
    if (!about || begin === undefined) {
      found.push(
        violation("mail-true", `mail ${mail.messageId} is about no event of the log`, {
          evidence: [mail.messageId],
        }),
      );
      continue;
    }
    const { reservationId } = about.event;
    if (!mail.subject.startsWith(begin))
      found.push(
        violation("mail-true", `mail ${mail.messageId} says '${mail.subject}' of a ${about.event.type}`, {
          reservations: [reservationId],
          evidence: [mail.messageId, about.id],
        }),
      );
    if (about.event.type === "PaymentRefunded") refundTold.add(about.id);
    else lastTold.set(reservationId, { mail, about });
  }
  for (const history of histories.values())
    if (isJudged(history, facts)) found.push(...untold(history, lastTold, refundTold));
  return [...found, ...repeated(times, facts.kills)];
}

function* untold(
  history: History,
  lastTold: ReadonlyMap<string, Told>,
  refundTold: ReadonlySet<string>,
): Generator<Violation> {
  const { reservationId } = history;
  // The notice that ended as a dead letter is known to the operator; it excuses no other.
  const dead = new Set(
    history.letters.flatMap((letter) => (letter.worker === "notification" ? [letter.recordId] : [])),
  );
  const last = endOf(history);
  const end = last && !dead.has(last.id) ? last : undefined;
  const told = lastTold.get(reservationId);
  const where = { reservations: [reservationId] };
  if (end && !told)
    yield violation("mail-true", `nobody was told of the ${end.event.type} of ${reservationId}`, {
      ...where,
      evidence: [end.id],
    });
  if (end && told && told.about.event.type !== end.event.type)
    yield violation(
      "mail-true",
      `the last mail of ${reservationId} says ${told.about.event.type}, the log ${end.event.type}`,
      {
        ...where,
        evidence: [told.mail.messageId, end.id],
      },
    );
  for (const { id, event } of history.payments) {
    if (event.type !== "PaymentRefunded" || refundTold.has(id) || dead.has(id)) continue;
    yield violation("mail-true", `nobody was told of the refund of ${reservationId}`, {
      ...where,
      evidence: [id],
    });
  }
}

function* repeated(times: ReadonlyMap<string, number>, kills: number): Generator<Violation> {
  for (const [messageId, count] of times) {
    if (count - 1 <= kills) continue;
    yield violation("mail-true", `mail ${messageId} came ${count} times with ${kills} kills`, {
      evidence: [messageId],
    });
  }
}

/** The identity of the record a mail tells of: its Message-ID up to the `@`. */
function recordOf({ messageId }: ReceivedMail): string {
  return messageId.replace(/^</, "").replace(/@[^@]*$/, "");
}
