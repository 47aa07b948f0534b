import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { boundedLabel } from "./bounded-label.ts";
import { seriesHistogram } from "./histogram.ts";
import type { OutcomeName } from "./outcome.ts";

/** Seconds; from a no-op handler to the longest sensible timeout. */
const HANDLER_SECONDS = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Seconds; up to the last rungs of the default ladder. */
const END_TO_END_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];
/** Seconds; the promise is p99 at most 60 ms after due. */
const LATENESS_SECONDS = [0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 5, 30];
/** Seconds. */
const TRANSACTION_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 10];
/** Different error classes told apart in one process. */
const MAX_ERROR_CLASSES = 40;

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * The runtime's metrics of one worker process, in a registry of their own. Labels are bounded: topics and
 * partitions by the declaration, outcomes and states by their unions, error classes by count; never a key
 * or an id. One labelled update costs about 0.1 µs: on the hot path hold on to a
 * series (`histogram.ts`), or update once a group.
 */
export function createMetrics({ worker }: { readonly worker: string }) {
  const registry = new Registry();
  registry.setDefaultLabels({ worker });
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, ...labelNames: readonly L[]) =>
    new Counter<L>({ name: `boxoffice_${name}`, help, labelNames, registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: readonly L[]) =>
    new Gauge<L>({ name: `boxoffice_${name}`, help, labelNames, registers: [registry] });
  const histogram = <L extends string>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: readonly L[]
  ) => seriesHistogram<L>(registry, { name: `boxoffice_${name}`, help, buckets, labelNames });
  const errorClass = boundedLabel(MAX_ERROR_CLASSES);
  const deadLetters = counter(
    "dead_letters_total",
    "Dead letters written, by where it failed and the error's class",
    "topic",
    "stage",
    "error",
  );
  return {
    registry,
    records: counter<"topic" | "outcome">(
      "records_total",
      "Records by what became of an attempt",
      "topic",
      "outcome",
    ),
    handlerSeconds: histogram(
      "handler_seconds",
      "Duration of one attempt in the handler",
      HANDLER_SECONDS,
      "topic",
    ),
    endToEndSeconds: histogram(
      "end_to_end_seconds",
      "From the origin's timestamp to the final outcome",
      END_TO_END_SECONDS,
      "topic",
    ),
    retryLatenessSeconds: histogram(
      "retry_lateness_seconds",
      "From due to the start of the attempt; never negative",
      LATENESS_SECONDS,
      "topic",
    ),
    parkedKeys: gauge("parked_keys", "Keys with a record outstanding in a retry topic", "topic", "partition"),
    outstanding: gauge("outstanding_records", "Records outstanding in retry topics", "topic", "partition"),
    inFlight: gauge("in_flight", "Handlers running"),
    breaker: gauge("breaker_open", "0 closed, 0.5 half-open, 1 open", "dependency"),
    rebalances: counter("rebalances_total", "Joins of the consumer group"),
    transactions: counter<"result">(
      "transactions_total",
      "Transactions by result: committed, aborted, fenced or unknown",
      "result",
    ),
    transactionSeconds: histogram("transaction_seconds", "Duration of one transaction", TRANSACTION_SECONDS),
    openPartitions: gauge("open_partitions", "Source partitions that this member runs"),
    haltedPartitions: gauge("halted_partitions", "Source partitions halted: an operator is needed", "topic"),
    clockSkewMs: gauge("clock_skew_ms", "Local clock less broker time; alarm beyond 500 either way"),
    lag: gauge("lag", "High watermark less committed offset", "topic", "partition"),
    codecCache: counter<"result">(
      "codec_cache_total",
      "Look-ups of a resolver in the codec's cache: hit or miss",
      "result",
    ),
    /** Counts a dead letter; classes beyond the bound count as `other`. */
    deadLetter(topic: string, stage: string, error: string): void {
      deadLetters.inc({ topic, stage, error: errorClass(error) });
    },
    /** Counts `count` outcomes of one topic. */
    outcome(topic: string, outcome: OutcomeName, count = 1): void {
      this.records.inc({ topic, outcome }, count);
    },
    /** Forgets what was said of a partition that another member owns now, or both would be summed up. */
    partitionGone(topic: string, partition: number): void {
      const labels = { topic, partition: String(partition) };
      for (const each of [this.parkedKeys, this.outstanding, this.lag]) each.remove(labels);
    },
  };
}
