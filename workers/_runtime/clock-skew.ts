import type { Logger } from "pino";

/** An answer lasts for one to two of these. */
const WINDOW_MS = 30_000;
/** Beyond it "never early" by this process' clock is early or late by everybody else's. */
const ALARM_MS = 500;
const ALARM_EVERY_MS = 60_000;

interface Bounds {
  low: number;
  high: number;
}

/**
 * How far this machine's clock is ahead of the brokers' (negative: behind). Retry topics are stamped by the broker
 * when it appends (LogAppendTime), and a retry is appended after it was decided and before it is read: so the skew
 * lies between `decided - appended` and `read - appended`, whatever the network takes. What another member decided gives
 * only the upper bound. Told is the value of what is possible that is nearest to 0: never a false alarm.
 */
export class ClockSkew {
  private current: Bounds = unknown();
  private previous: Bounds = unknown();
  private since = Number.NEGATIVE_INFINITY;
  private alarmedAt = Number.NEGATIVE_INFINITY;

  /** Epoch ms; `decided` undefined: by another member. */
  observe(decided: number | undefined, appended: number, read: number): void {
    this.turn(read);
    this.current.high = Math.min(this.current.high, read - appended);
    if (decided !== undefined) this.current.low = Math.max(this.current.low, decided - appended);
  }

  /** Milliseconds; undefined: nothing was retried lately. */
  value(now: number): number | undefined {
    this.turn(now);
    const both = {
      low: Math.max(this.current.low, this.previous.low),
      high: Math.min(this.current.high, this.previous.high),
    };
    // They contradict each other: the clock was set in between.
    const { low, high } = both.low <= both.high ? both : this.current;
    if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return undefined;
    return low > 0 ? low : high < 0 ? high : 0;
  }

  /** Warns, once a minute, while it is beyond the alarm's limit. */
  alarm(now: number, log: Logger): void {
    const skewMs = this.value(now);
    if (skewMs === undefined || Math.abs(skewMs) <= ALARM_MS || now - this.alarmedAt < ALARM_EVERY_MS) return;
    this.alarmedAt = now;
    log.warn(
      { skewMs: Math.round(skewMs) },
      skewMs > 0
        ? "this machine's clock is ahead of the broker's: retries run early; check its time service"
        : "this machine's clock is behind the broker's: retries run late; check its time service",
    );
  }

  private turn(now: number): void {
    if (now >= this.since && now - this.since < WINDOW_MS) return;
    this.previous = now - this.since < 2 * WINDOW_MS && now >= this.since ? this.current : unknown();
    this.current = unknown();
    this.since = now;
  }
}

function unknown(): Bounds {
  return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
}
