import { counter, gauge, histogram } from "./metric.ts";
import { outcomes } from "./outcome.ts";

const TOPIC = "the worker's source topics";
const PARTITION = "those this member owns";
/** Different values of a label that comes from a worker's code, told apart in one process. */
export const MOST_ERROR_CLASSES = 40;
export const MOST_FINGERPRINTS = 100;
export const TRANSACTION_RESULTS = ["committed", "aborted", "fenced", "unknown"] as const;

/** What a worker says that reads topics. */
export const readerMetrics = {
  records: counter({
    name: "records_total",
    unit: "records",
    help: "Records by what became of an attempt",
    labels: {
      topic: TOPIC,
      outcome: outcomes.join(", "),
    },
  }),
  handlerSeconds: histogram({
    name: "handler_seconds",
    unit: "seconds",
    help: "Duration of one attempt, decoding included",
    labels: { topic: TOPIC },
    // From a no-op handler to the longest sensible timeout.
    buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  }),
  endToEndSeconds: histogram({
    name: "end_to_end_seconds",
    unit: "seconds",
    help: "From the origin's timestamp to the attempt that succeeded, retries included",
    labels: { topic: TOPIC },
    // Up to the last rungs of the default ladder.
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
  }),
  retryLatenessSeconds: histogram({
    name: "retry_lateness_seconds",
    unit: "seconds",
    help: "From due to the start of the attempt; never negative",
    labels: { topic: TOPIC },
    // The promise is p99 at most 60 ms after due.
    buckets: [0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 5, 30],
  }),
  deadLetters: counter({
    name: "dead_letters_total",
    unit: "letters",
    help: "Dead letters, by where it failed, the error's class and its fingerprint as `boxoffice dlq groups` shows it",
    labels: {
      topic: TOPIC,
      stage: "frame, decode, handle, emit",
      error: `the first ${MOST_ERROR_CLASSES} classes of a process, then other`,
      fingerprint: `the first ${MOST_FINGERPRINTS} of a process, then other`,
    },
  }),
  parkedKeys: gauge({
    name: "parked_keys",
    unit: "keys",
    help: "Keys with a record outstanding in a retry topic",
    labels: { topic: TOPIC, partition: PARTITION },
  }),
  outstanding: gauge({
    name: "outstanding_records",
    unit: "records",
    help: "Records outstanding in retry and replay topics",
    labels: { topic: TOPIC, partition: PARTITION },
  }),
  oldestParkedSeconds: gauge({
    name: "oldest_parked_seconds",
    unit: "seconds",
    help: "Since the first failure of the record outstanding in a retry topic that failed first; 0 when there is none",
    labels: { topic: TOPIC, partition: PARTITION },
  }),
  overdue: gauge({
    name: "overdue_records",
    unit: "records",
    help: "Retries that are due and have not started yet; what is parked behind its key's head doesn't count",
    labels: { topic: TOPIC, partition: PARTITION },
  }),
  lag: gauge({
    name: "lag",
    unit: "records",
    help: "High watermark less committed offset, looked at every 5 s",
    labels: { topic: TOPIC, partition: PARTITION },
  }),
  drainSeconds: gauge({
    name: "drain_seconds",
    unit: "seconds",
    help: "Lag of this member's partitions by what it got through a second over the last minute; +Inf when there is lag and nothing moves; missing until the second look, one every 5 s",
    labels: { topic: TOPIC },
  }),
  inFlight: gauge({ name: "in_flight", unit: "handlers", help: "Handlers running" }),
  concurrencyLimit: gauge({
    name: "concurrency_limit",
    unit: "handlers",
    help: "Handlers that may run at once in this process, as the worker declares it",
  }),
  breaker: gauge({
    name: "breaker_open",
    unit: "state",
    help: "The circuit breaker: 0 closed, 0.5 half-open, 1 open",
    labels: { dependency: "any, as there is one breaker a process" },
  }),
  rebalances: counter({ name: "rebalances_total", unit: "joins", help: "Joins of the consumer group" }),
  transactions: counter({
    name: "transactions_total",
    unit: "transactions",
    help: "Transactions by result; aborted ones are written again, an unknown end is looked up",
    labels: { result: TRANSACTION_RESULTS.join(", ") },
  }),
  transactionSeconds: histogram({
    name: "transaction_seconds",
    unit: "seconds",
    help: "Duration of one transaction",
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 10],
  }),
  openPartitions: gauge({
    name: "open_partitions",
    unit: "partitions",
    help: "Source partitions that this member runs",
  }),
  haltedPartitions: gauge({
    name: "halted_partitions",
    unit: "partitions",
    help: "Source partitions halted: an operator is needed",
    labels: { topic: TOPIC },
  }),
  clockSkewSeconds: gauge({
    name: "clock_skew_seconds",
    unit: "seconds",
    help: "Local clock less broker time, by the retries of the last minute; alarm beyond 0.5 either way",
  }),
  codecCache: counter({
    name: "codec_cache_total",
    unit: "look-ups",
    help: "Look-ups of the compiled reader of a writer's schema; a miss compiles one",
    labels: { result: "hit, miss" },
  }),
};
