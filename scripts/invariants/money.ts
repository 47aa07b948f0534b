import type { Charge, Facts, Refund } from "./facts.ts";
import { endOf, type Histories, type History, isExcused, isJudged, isStanding } from "./history.ts";
import { refundsLogged } from "./refunds.ts";
import { type Violation, violation } from "./violation.ts";

/**
 * Every charge of the gateway's ledger ends in one standing reservation or in one refund; nothing stands
 * unpaid. An open dead letter of who moves money or seats excuses a charge that has neither.
 */
export function moneyAnswered(facts: Facts, histories: Histories): Violation[] {
  const refunds = groupBy(facts.refunds, (refund) => refund.charge);
  const paid = new Set<string>();
  const found = facts.charges.flatMap((charge) => {
    paid.add(charge.reference);
    const what = wrongWith(charge, refunds.get(charge.id) ?? [], histories.get(charge.reference));
    if (what === undefined) return [];
    const evidence = [charge.id, ...(refunds.get(charge.id) ?? []).map((refund) => refund.id)];
    return [violation("money-answered", what, { reservations: [charge.reference], evidence })];
  });
  for (const history of histories.values()) {
    const end = endOf(history);
    if (!end || !isStanding(history) || paid.has(history.reservationId)) continue;
    if (!isJudged(history, facts)) continue;
    found.push(
      violation("money-answered", `reservation ${history.reservationId} is confirmed but was never charged`, {
        reservations: [history.reservationId],
        evidence: [end.id],
      }),
    );
  }
  return [...found, ...refundsLogged(facts, histories)];
}

function wrongWith(
  charge: Charge,
  refunds: readonly Refund[],
  history: History | undefined,
): string | undefined {
  const who = `charge ${charge.id} of reservation ${charge.reference}`;
  const standing = history !== undefined && isStanding(history);
  const end = history ? endOf(history)?.event : undefined;
  if (refunds.length > 1) return `${who} was refunded ${refunds.length} times`;
  const [refund] = refunds;
  if (refund && refund.amount !== charge.amount)
    return `${who} was of ${charge.amount} but ${refund.amount} were refunded`;
  if (standing && refund) return `${who} was refunded but the reservation stands`;
  if (history?.requested && history.requested.event.amount !== charge.amount)
    return `${who} is of ${charge.amount} but the request was for ${history.requested.event.amount}`;
  if (end?.type === "ReservationConfirmed" && end.chargeId !== charge.id)
    return `${who} is not the charge ${end.chargeId} that the confirmation names`;
  if (standing || refund || (history && isExcused(history))) return undefined;
  return `${who} has neither a standing reservation nor a refund`;
}

/** No second charge for a reservation, whatever key it came under. */
export function chargedOnce(facts: Facts): Violation[] {
  return [...groupBy(facts.charges, (charge) => charge.reference)]
    .filter(([, charges]) => charges.length > 1)
    .map(([reservationId, charges]) =>
      violation("charged-once", `reservation ${reservationId} was charged ${charges.length} times`, {
        reservations: [reservationId],
        evidence: charges.map((charge) => charge.id),
      }),
    );
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
