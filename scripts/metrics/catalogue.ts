import { httpMetrics } from "../../workers/_runtime/http-metrics.ts";
import type { DeclaredMetrics, Worker } from "../../workers/_runtime/mod.ts";
import { processMetrics } from "../../workers/_runtime/process-metrics.ts";
import { readerMetrics } from "../../workers/_runtime/reader-metrics.ts";
import { seatMapMetrics } from "../../workers/_seats/mod.ts";
import { replayerMetrics } from "../../workers/replayer/metrics.ts";

/** Metrics that belong together, and who has them. */
export interface MetricGroup {
  readonly title: string;
  readonly metrics: DeclaredMetrics;
  readonly workers: readonly string[];
}

/** Every metric of ours there is; a test holds it against what each worker's `/metrics` shows. */
export function metricGroups(workers: readonly Worker[]): readonly MetricGroup[] {
  const named = (is: (worker: Worker) => boolean) => workers.filter(is).map(({ name }) => name);
  return [
    { title: "Every worker", metrics: processMetrics, workers: named(() => true) },
    {
      title: "Workers that read topics",
      metrics: readerMetrics,
      workers: named(({ reads }) => reads.length > 0),
    },
    { title: "HTTP", metrics: httpMetrics, workers: ["console", "intake"] },
    { title: "The seat map", metrics: seatMapMetrics, workers: ["expiry", "intake", "settlement"] },
    { title: "Replays and dead letters", metrics: replayerMetrics, workers: ["replayer"] },
  ];
}
