import type { Registry } from "prom-client";
import { boundedLabel } from "./bounded-label.ts";
import { registered } from "./metric.ts";
import { type OutcomeName, outcomes } from "./outcome.ts";
import { processRegistry } from "./process-metrics.ts";
import {
  MOST_ERROR_CLASSES,
  MOST_FINGERPRINTS,
  readerMetrics,
  TRANSACTION_RESULTS,
} from "./reader-metrics.ts";

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * The metrics of one process that reads topics, in its registry, or else in one of their own. Labels are bounded:
 * topics and partitions by the declaration, outcomes and states by their unions, what comes from a worker's code by
 * count; never a key or an id. One labelled update costs about 0.1 µs: on the hot path hold on to a series
 * (`histogram.ts`), or update once a group.
 */
export function createMetrics({
  worker,
  registry = processRegistry({ worker }),
}: {
  readonly worker: string;
  readonly registry?: Registry;
}) {
  const all = registered(registry, readerMetrics);
  const errorClass = boundedLabel(MOST_ERROR_CLASSES);
  const fingerprintOf = boundedLabel(MOST_FINGERPRINTS);
  const lookups = { hits: 0, misses: 0 };
  for (const result of TRANSACTION_RESULTS) all.transactions.inc({ result }, 0);
  return {
    ...all,
    registry,
    /**
     * Begins every outcome's count at 0. To Prometheus a series that appears with 50 has not increased: the first burst
     * of dead letters would ring no bell.
     */
    startAtZero(topics: readonly string[]): void {
      for (const topic of topics) for (const outcome of outcomes) all.records.inc({ topic, outcome }, 0);
    },
    /** Counts a dead letter; classes and fingerprints beyond the bound count as `other`. */
    deadLetter(topic: string, stage: string, error: string, fingerprint: string): void {
      all.deadLetters.inc({
        topic,
        stage,
        error: errorClass(error),
        fingerprint: fingerprintOf(fingerprint),
      });
    },
    /** Counts `count` outcomes of one topic. */
    outcome(topic: string, outcome: OutcomeName, count = 1): void {
      all.records.inc({ topic, outcome }, count);
    },
    /** Look-ups since the process began. */
    codecLookups({ hits, misses }: { readonly hits: number; readonly misses: number }): void {
      all.codecCache.inc({ result: "hit" }, hits - lookups.hits);
      all.codecCache.inc({ result: "miss" }, misses - lookups.misses);
      Object.assign(lookups, { hits, misses });
    },
    /** Forgets what was said of a partition that another member owns now, or both would be summed up. */
    partitionGone(topic: string, partition: number): void {
      const labels = { topic, partition: String(partition) };
      for (const each of [all.parkedKeys, all.outstanding, all.oldestParkedSeconds, all.overdue, all.lag])
        each.remove(labels);
    },
  };
}
