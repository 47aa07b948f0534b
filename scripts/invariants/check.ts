import type { Facts } from "./facts.ts";
import { historiesOf } from "./history.ts";
import { lettersSown } from "./letters.ts";
import { mailsTrue } from "./mails.ts";
import { chargedOnce, moneyAnswered } from "./money.ts";
import { requestsEnded } from "./requests.ts";
import { seatsSoldOnce } from "./seats.ts";
import type { Violation } from "./violation.ts";

/** Every case in which the facts break an invariant; none when all hold. */
export function violations(facts: Facts): Violation[] {
  const histories = historiesOf(facts);
  return [
    ...seatsSoldOnce(facts, histories),
    ...moneyAnswered(facts, histories),
    ...requestsEnded(facts, histories),
    ...chargedOnce(facts),
    ...mailsTrue(facts, histories),
    ...lettersSown(facts, histories),
  ];
}
