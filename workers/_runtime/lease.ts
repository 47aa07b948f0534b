/**
 * How long this member may believe that the group still knows it. Counted from when a heartbeat was sent, not from its
 * answer: a process that was stopped in between reads an old answer when it wakes, long expelled. `performance.now()`
 * times, which go on while a process is stopped.
 */
export class Lease {
  private readonly lastsMs: number;
  private sentAt = Number.NEGATIVE_INFINITY;
  private readonly waiting = new Set<{ readonly since: number; readonly resolve: () => void }>();

  constructor(lastsMs: number) {
    this.lastsMs = lastsMs;
  }

  get holds(): boolean {
    return this.holdsAt(performance.now());
  }

  /** For whoever has looked at the clock already. */
  holdsAt(now: number): boolean {
    return now - this.sentAt < this.lastsMs;
  }

  /** A heartbeat that was sent at `sentAt`, or a join, was answered well. */
  renewed(sentAt: number): void {
    this.sentAt = Math.max(this.sentAt, sentAt);
    for (const waiter of this.waiting) if (sentAt >= waiter.since) waiter.resolve();
  }

  /** Resolves once a heartbeat sent after this call is answered well, or when `signal` is aborted. */
  async proved(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { since: performance.now(), resolve: () => resolve() };
    this.waiting.add(waiter);
    signal.addEventListener("abort", waiter.resolve, { once: true });
    await promise;
    signal.removeEventListener("abort", waiter.resolve);
    this.waiting.delete(waiter);
  }
}
