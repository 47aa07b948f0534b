import { pauseOrThrow } from "../../../scripts/pause-or-throw.ts";
import type { Broker, Worker } from "../../../workers/_runtime/mod.ts";
import { sumOf } from "../../../workers/console/fleet/progress.ts";

const LOOK_EVERY_MS = 500;
const QUIET_LOOKS = 4;
const PATIENCE_MS = 300_000;

/** Records of its source topics that the group has not done. */
export async function lagOf({ admin }: Broker, worker: Worker): Promise<number> {
  const topics = worker.reads.map(({ topic }) => topic.name);
  const committed = await admin.committed(worker.name, topics);
  let lag = 0;
  for (const topic of topics) lag += sumOf(await admin.offsets(topic), committed.get(topic) ?? []).lag;
  return lag;
}

/** Resolves when no group has had anything to do for two seconds. @throws {Error} after five minutes */
export async function untilAtRest(
  broker: Broker,
  workers: readonly Worker[],
  signal: AbortSignal,
): Promise<void> {
  const reading = workers.filter(({ reads }) => reads.length > 0);
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const lags = await Promise.all(reading.map((worker) => lagOf(broker, worker)));
    // A marker of a transaction lies behind the last record, and nobody commits its offset until more comes.
    quiet = lags.every((lag) => lag <= reading.length * MOST_MARKERS) ? quiet + 1 : 0;
    if (performance.now() > giveUpAt)
      throw new Error(`Cannot wait for the fleet to come to rest: lags are ${lags.join(", ")}`);
    await pauseOrThrow(LOOK_EVERY_MS, signal);
  }
}

/** Of markers at the ends of all partitions of a bench. */
const MOST_MARKERS = 64;
