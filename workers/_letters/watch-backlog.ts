import type { Broker } from "../_runtime/broker.ts";
import { type Backlog, OF_LATE_MS } from "./pacing.ts";
import type { Plan } from "./plan.ts";

interface Sample {
  readonly time: number;
  /** Sums over partitions. */
  readonly done: number;
  readonly liveEnd: number;
}

/** Measures one worker's backlog in one source topic's family, by what its group committed. */
export function backlogOf(
  broker: Broker,
  group: string,
  { source, replay }: { readonly source: string; readonly replay: string },
): (now: number) => Promise<Backlog> {
  const samples: Sample[] = [];
  return async (now) => {
    const [committed, live, copies] = await Promise.all([
      broker.admin.committed(group, [source, replay]),
      broker.admin.offsets(source),
      broker.admin.offsets(replay),
    ]);
    const position = (topic: string, partition: number) =>
      committed.get(topic)?.find((one) => one.partition === partition)?.offset;
    let undone = 0;
    let done = 0;
    for (const { partition, low, high } of copies) {
      const at = Math.max(position(replay, partition) ?? low, low);
      undone += Math.max(0, high - at);
      done += at;
    }
    let lag = 0;
    let liveEnd = 0;
    for (const { partition, high } of live) {
      liveEnd += high;
      const at = position(source, partition);
      // A group that never ran has no lag to be kept small.
      if (at !== undefined) lag += Math.max(0, high - at);
    }
    samples.push({ time: now, done, liveEnd });
    while (samples.length > 2 && now - (samples[1]?.time ?? now) >= OF_LATE_MS) samples.shift();
    const [oldest] = samples;
    const ms = oldest ? now - oldest.time : 0;
    return {
      undone,
      doneOfLate: oldest && ms >= OF_LATE_MS ? ((done - oldest.done) * OF_LATE_MS) / ms : undefined,
      live: lag,
      liveRate: oldest && ms > 0 ? ((liveEnd - oldest.liveEnd) * 1000) / ms : 0,
    };
  };
}

/** The backlog of each of a plan's targets, by DLQ. */
export function watchTargets(
  broker: Broker,
  { to, targets }: Pick<Plan, "to" | "targets">,
): (now: number) => Promise<readonly (readonly [dlq: string, backlog: Backlog])[]> {
  const measures = targets.map(({ dlq, worker, to: topic }) => {
    const replay = dlq.replace(/dlq$/, "replay");
    const source = dlq.slice(0, -`.${worker}.dlq`.length);
    if (to === "worker") return { dlq, measure: backlogOf(broker, worker, { source, replay }) };
    // There copies and live records lie side by side: all that lies undone counts for the window.
    const measure = backlogOf(broker, worker, { source: topic, replay: topic });
    return { dlq, measure: async (now: number) => ({ ...(await measure(now)), live: 0 }) };
  });
  return (now) => Promise.all(measures.map(async ({ dlq, measure }) => [dlq, await measure(now)] as const));
}
