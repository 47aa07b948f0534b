import type { Breaker } from "./breaker.ts";
import type { ClockSkew } from "./clock-skew.ts";
import type { Codec } from "./codec.ts";
import type { Dispatcher } from "./dispatch.ts";
import type { Membership } from "./member.ts";
import type { Metrics } from "./metrics.ts";

const BREAKER = { closed: 0, "half-open": 0.5, open: 1 } as const;

/** Sets what is a state rather than an event; called once a second. */
export function observeGauges(
  metrics: Metrics,
  parts: {
    membership: Membership;
    dispatcher: Dispatcher;
    breaker: Breaker;
    skew: ClockSkew;
    codec: Pick<Codec, "lookups">;
  },
): void {
  const { membership, dispatcher, breaker, skew, codec } = parts;
  const now = Date.now();
  metrics.inFlight.set(dispatcher.running);
  metrics.breaker.set({ dependency: "any" }, BREAKER[breaker.state(now)]);
  metrics.clockSkewSeconds.set((skew.value(now) ?? 0) / 1000);
  metrics.codecLookups(codec.lookups);
  // Also of topics that it owns nothing of by now, or a halt that moved on would ring here for ever.
  const halted = new Map(membership.sources.map((source) => [source, 0]));
  metrics.openPartitions.set([...membership.partitions].length);
  for (const { opened, partition } of membership.partitions) {
    const topic = opened.family.source;
    const labels = { topic, partition: String(opened.partition) };
    metrics.parkedKeys.set(labels, partition.queues.parkedKeys);
    metrics.outstanding.set(labels, partition.outstanding);
    metrics.overdue.set(labels, partition.queues.overdue);
    const failed = partition.oldestFailure.take();
    metrics.oldestParkedSeconds.set(labels, failed === undefined ? 0 : Math.max(0, now - failed) / 1000);
    halted.set(topic, (halted.get(topic) ?? 0) + (partition.halted ? 1 : 0));
  }
  for (const [topic, count] of halted) metrics.haltedPartitions.set({ topic }, count);
}
