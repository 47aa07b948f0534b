/** Evens out what a pause of the process or the broker held back, but for a second at most. */
const CAPACITY_MS = 1_000;
/** Of what a rate lets through at once: small transactions cost more. */
const SLICE_MS = 50;

/** A cap of so many a second. Time is given, never asked for. */
export class TokenBucket {
  #rate: number;
  #tokens = 0;
  #at: number;

  constructor(rate: number, now: number) {
    this.#rate = rate;
    this.#at = now;
  }

  /** How many may go now: 0 until a slice of them has come together. */
  available(most: number, now: number): number {
    this.#fill(now);
    const slice = Math.max(1, Math.min(most, Math.ceil((this.#rate * SLICE_MS) / 1000)));
    return this.#tokens < slice ? 0 : Math.min(most, Math.floor(this.#tokens));
  }

  take(count: number): void {
    this.#tokens -= count;
  }

  giveBack(count: number): void {
    this.#tokens = Math.min(this.#tokens + count, this.#capacity);
  }

  /** What was saved up under another rate, or before a pause, doesn't count. */
  reset(rate: number, now: number): void {
    this.#rate = rate;
    this.#tokens = 0;
    this.#at = now;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#tokens + (this.#rate * (now - this.#at)) / 1000, this.#capacity);
    this.#at = now;
  }

  get #capacity(): number {
    return Math.max(1, (this.#rate * CAPACITY_MS) / 1000);
  }
}
