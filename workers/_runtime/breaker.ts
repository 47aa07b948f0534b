/**
 * The circuit breaker of one worker process: pure, driven by outcomes and a clock that the caller passes in.
 *
 * closed --(threshold failures in a row)--> open --(after a wait)--> half-open: one handler at a time
 * half-open --success--> closed, ramping up from a few handlers at once; --failure--> open, waiting longer
 */
export interface BreakerOptions {
  /** Failures in a row that open it. @default 5 */
  readonly threshold?: number;
  /** First wait; doubles with each failed probe. @default 1_000 */
  readonly firstWaitMs?: number;
  /** @default 30_000 */
  readonly longestWaitMs?: number;
}

export class Breaker {
  private readonly threshold: number;
  private readonly firstWaitMs: number;
  private readonly longestWaitMs: number;
  private failuresInRow = 0;
  /** Epoch ms; undefined when closed. */
  private openUntil: number | undefined;
  private waitMs: number;
  private probing = false;
  /** How many may run at once while ramping up after an outage. */
  private ramp = Number.POSITIVE_INFINITY;
  /** Successes since the process started: shows that dependencies answer. */
  successes = 0;

  constructor(options: BreakerOptions = {}) {
    const { threshold = 5, firstWaitMs = 1_000, longestWaitMs = 30_000 } = options;
    this.threshold = threshold;
    this.firstWaitMs = firstWaitMs;
    this.longestWaitMs = longestWaitMs;
    this.waitMs = firstWaitMs;
  }

  state(now: number): "closed" | "open" | "half-open" {
    if (this.openUntil === undefined) return "closed";
    return now < this.openUntil ? "open" : "half-open";
  }

  /** Whether a failure now belongs to an outage that is already known. */
  get outage(): boolean {
    return this.openUntil !== undefined;
  }

  /** Whether one more handler may start beside the `running` ones. */
  mayStart(now: number, running: number): boolean {
    const state = this.state(now);
    if (state === "closed") return running < this.ramp;
    return state === "half-open" && !this.probing;
  }

  /** When it may be asked again; undefined when closed. */
  get retryAt(): number | undefined {
    return this.openUntil;
  }

  /** A handler starts; true when it is the probe, which the caller says again with its outcome. */
  started(now: number): boolean {
    if (this.state(now) !== "half-open") return false;
    this.probing = true;
    return true;
  }

  succeeded(probe: boolean): void {
    this.successes++;
    this.failuresInRow = 0;
    if (probe) {
      this.probing = false;
      this.openUntil = undefined;
      this.waitMs = this.firstWaitMs;
      this.ramp = 2;
    } else if (this.openUntil === undefined && this.ramp !== Number.POSITIVE_INFINITY) {
      this.ramp = this.ramp >= 4096 ? Number.POSITIVE_INFINITY : this.ramp * 1.25;
    }
  }

  /** A failure that may be an outage's. A handler that started before the outage can neither close nor prolong it. */
  failed(now: number, probe: boolean): void {
    if (probe) this.probing = false;
    else if (this.openUntil !== undefined || ++this.failuresInRow < this.threshold) return;
    this.failuresInRow = 0;
    this.openUntil = now + this.waitMs;
    this.waitMs = Math.min(this.waitMs * 2, this.longestWaitMs);
  }

  /** The handler ended with something that says nothing of a dependency: the next one is the probe. */
  inconclusive(probe: boolean): void {
    if (probe) this.probing = false;
  }
}
