import { runLoad } from "../../../scripts/load/run-load.ts";
import type { Shop } from "../../../scripts/load/shop.ts";
import type { ReserveStep } from "../../../scripts/load/step.ts";
import { createTally } from "../../../scripts/load/tally.ts";

/** How intake did in one phase. Milliseconds, from the intended time. */
export interface Phase {
  readonly name: string;
  readonly requests: number;
  readonly accepted: number;
  /** Every answer that was not an acceptance, tries that were asked again included. */
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
}

export async function runPhase(
  name: string,
  shop: Shop,
  steps: Iterable<ReserveStep>,
  signal: AbortSignal,
): Promise<Phase> {
  const tally = createTally();
  const { reservations, answers, latency } = await runLoad(
    { shop, steps, tally, sow: async () => {}, note: () => {} },
    signal,
  );
  const { p50, p99 } = latency.fromIntended;
  return {
    name,
    requests: tally.counts.sent,
    accepted: reservations.accepted,
    refused: answers.asked - reservations.accepted,
    p50,
    p99,
  };
}
