import { monitorEventLoopDelay } from "node:perf_hooks";

/** How often the loop is looked at, ms; also the smallest delay that can be told. */
const RESOLUTION_MS = 20;

export interface EventLoopWatch {
  /** The longest the loop stood still since the last call, ms. */
  longestDelayMs(): number;
  stop(): void;
}

export function watchEventLoop(): EventLoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    longestDelayMs() {
      const longest = Math.max(0, histogram.max / 1e6 - RESOLUTION_MS);
      histogram.reset();
      return longest;
    },
    stop: () => void histogram.disable(),
  };
}
