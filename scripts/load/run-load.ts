import type { Accepted, Sown } from "./accepted.ts";
import { drive } from "./drive.ts";
import { random } from "./random.ts";
import type { Shop } from "./shop.ts";
import type { Sower } from "./sow.ts";
import type { Step } from "./step.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { createTally, type Tally } from "./tally.ts";

export interface LoadRun {
  readonly shop: Shop;
  readonly steps: Iterable<Step> | AsyncIterable<Step>;
  readonly sow: Sower;
  readonly note: (entry: Accepted | Sown) => void;
  /** Filled while it runs, for whoever shows progress. @default one of its own */
  readonly tally?: Tally;
  /** As `drive()` has it. */
  readonly maxInFlight?: number;
}

/** Drives the steps against intake and sums up. @throws the signal's reason */
export async function runLoad(run: LoadRun, signal: AbortSignal): Promise<Summary> {
  const { shop, steps, sow, note, tally = createTally(), maxInFlight } = run;
  const jitter = random(1).unit;
  const started = performance.now();
  await drive(steps, {
    ...{ shop, tally, jitter, sow, note, signal },
    ...(maxInFlight !== undefined && { maxInFlight }),
  });
  return summaryOf(tally, (performance.now() - started) / 1000);
}
