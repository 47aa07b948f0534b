import type { Facts } from "./facts.ts";
import { type Histories, isExcused, isJudged } from "./history.ts";
import { type Violation, violation } from "./violation.ts";

/**
 * The gateway's refunds and the log's PaymentRefunded are the same: each is of a charge that was, none was forgotten
 * after it was made, and no customer is told of one that never was.
 */
export function refundsLogged(facts: Facts, histories: Histories): Violation[] {
  return [...refundsOfNothing(facts), ...forgotten(facts, histories), ...invented(facts, histories)];
}

function refundsOfNothing(facts: Facts): Violation[] {
  const charges = new Set(facts.charges.map((charge) => charge.id));
  return facts.refunds
    .filter((refund) => !charges.has(refund.charge))
    .map((refund) =>
      violation("money-answered", `refund ${refund.id} is of charge ${refund.charge}, which never was`, {
        evidence: [refund.id],
      }),
    );
}

function forgotten(facts: Facts, histories: Histories): Violation[] {
  const logged = new Set(
    facts.events.flatMap(({ event }) => (event.type === "PaymentRefunded" ? [event.refundId] : [])),
  );
  const references = new Map(facts.charges.map(({ id, reference }) => [id, reference]));
  return facts.refunds.flatMap(({ id, charge }) => {
    const reference = references.get(charge);
    const history = reference === undefined ? undefined : histories.get(reference);
    if (reference === undefined || logged.has(id) || (history && isExcused(history))) return [];
    const what = `refund ${id} of reservation ${reference} was made, but the log has no PaymentRefunded of it`;
    return [violation("money-answered", what, { reservations: [reference], evidence: [id, charge] })];
  });
}

function invented(facts: Facts, histories: Histories): Violation[] {
  const made = new Set(facts.refunds.map(({ id }) => id));
  return [...histories.values()].flatMap((history) => {
    if (!isJudged(history, facts)) return [];
    return history.payments.flatMap(({ id, event }) => {
      if (event.type !== "PaymentRefunded" || made.has(event.refundId)) return [];
      const what = `the log has PaymentRefunded ${event.refundId}, which the gateway never made`;
      return [
        violation("money-answered", what, {
          reservations: [event.reservationId],
          evidence: [id, event.refundId],
        }),
      ];
    });
  });
}
