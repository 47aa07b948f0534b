import { createHistogram } from "node:perf_hooks";

/**
 * Latencies in milliseconds with three significant digits, up to an hour (Node's own HDR histogram, fed in
 * microseconds).
 */
export interface Latency {
  record(ms: number): void;
  readonly count: number;
  /** 0 when nothing was recorded. */
  percentile(percent: number): number;
  readonly max: number;
}

const HIGHEST_US = 3_600_000_000;

export function latency(): Latency {
  const histogram = createHistogram({ lowest: 1, highest: HIGHEST_US, figures: 3 });
  return {
    record(ms) {
      histogram.record(Math.min(HIGHEST_US, Math.max(1, Math.round(ms * 1000))));
    },
    get count() {
      return histogram.count;
    },
    percentile: (percent) => (histogram.count === 0 ? 0 : histogram.percentile(percent) / 1000),
    get max() {
      return histogram.count === 0 ? 0 : histogram.max / 1000;
    },
  };
}
