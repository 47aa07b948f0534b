import { pauseOrThrow } from "../pause-or-throw.ts";
import { violations } from "./check.ts";
import { historiesOf, isSettled } from "./history.ts";
import type { Violation } from "./violation.ts";
import type { Sight, Witness } from "./witness.ts";

export interface Settled extends Sight {
  readonly violations: readonly Violation[];
  /** Why it was given up before the fleet came to rest; undefined: it did. */
  readonly gaveUp: string | undefined;
}

/** What did not come to rest did not hold: something is stuck, even if nothing is broken yet. */
export function isHeld({ violations, gaveUp }: Pick<Settled, "violations" | "gaveUp">): boolean {
  return violations.length === 0 && gaveUp === undefined;
}

export interface Patience {
  /** Longest wait. */
  readonly mostMs: number;
  /** Longest wait in which nothing new is heard; longer than a hold, in which nothing has to happen. */
  readonly quietMs: number;
  /** @default 500 */
  readonly everyMs?: number;
  readonly looked?: (sight: Sight, left: number) => void;
}

/**
 * Waits until every accepted request has come to its end, the workers are done with their topics and every
 * invariant holds; gives up when that takes too long or nothing moves any more, and tells what is broken then.
 */
export async function settle(
  witness: Pick<Witness, "look" | "busy">,
  { mostMs, quietMs, everyMs = 500, looked }: Patience,
  signal: AbortSignal,
): Promise<Settled> {
  const giveUpAt = performance.now() + mostMs;
  let heard = { size: -1, at: performance.now() };
  let rested = false;
  for (;;) {
    const sight = await witness.look(signal);
    const left = unsettled(sight);
    looked?.(sight, left);
    const busy = left > 0 ? [] : await witness.busy();
    const atRest = left === 0 && busy.length === 0;
    const broken = atRest ? violations(sight.facts) : [];
    if (atRest && broken.length === 0) return { ...sight, violations: [], gaveUp: undefined };
    const now = performance.now();
    const size = sizeOf(sight);
    if (size !== heard.size) heard = { size, at: now };
    const quiet = now - heard.at >= quietMs;
    // At rest and broken: once more after a moment, by a look that began at rest. What a look reads first may lie
    // behind what it reads last: the last mail may have been under way.
    const certain = rested && atRest && now - heard.at >= Math.min(quietMs, 5_000);
    rested = atRest;
    if (certain) return { ...sight, violations: broken, gaveUp: undefined };
    if (quiet || now >= giveUpAt) {
      const why = quiet
        ? `nothing moved for ${Math.round(quietMs / 1000)} s`
        : `${Math.round(mostMs / 1000)} s passed`;
      const what = left > 0 ? `${left} requests have not ended` : `not done: ${busy.join(", ")}`;
      return { ...sight, violations: violations(sight.facts), gaveUp: `${why} and ${what}` };
    }
    await pauseOrThrow(everyMs, signal);
  }
}

/** Requests of the log and of the clients' ledger that neither ended nor are named by a dead letter. */
function unsettled({ facts }: Sight): number {
  const histories = historiesOf(facts);
  let left = 0;
  for (const history of histories.values()) if (history.requested && !isSettled(history)) left += 1;
  for (const { reservationId } of facts.client?.accepted ?? [])
    if (!histories.get(reservationId)?.requested) left += 1;
  return left;
}

function sizeOf({ facts, log }: Sight): number {
  const { events, letters, charges, refunds, mails } = facts;
  return (
    events.length + letters.length + charges.length + refunds.length + (mails?.length ?? 0) + log.retried
  );
}
