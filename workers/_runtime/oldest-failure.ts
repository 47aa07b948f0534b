import type { Run } from "./run-state.ts";

/** Fewer are never worth a sweep. */
const FEWEST_SWEPT = 1024;

/**
 * When the one of a partition's runs failed first that did so before all others. A heap: to add one costs its
 * logarithm, to ask nothing but what ended since. Those that ended stay until they are the oldest, or half of it.
 */
export class OldestFailure {
  private heap: { readonly failed: number; readonly run: Run }[] = [];
  private sweepAt = FEWEST_SWEPT;

  /** `failed`: when its first attempt did, epoch ms. */
  add(failed: number, run: Run): void {
    if (this.heap.length >= this.sweepAt) this.sweep();
    this.heap.push({ failed, run });
    this.rise(this.heap.length - 1);
  }

  /**
   * Epoch ms; undefined: there is none. What ended since it was last asked counts once more: a retry lies in no topic
   * for a moment, between its transaction and the next topic's fetch, and its age must not fall to 0 by that.
   */
  take(): number | undefined {
    let oldest: number | undefined;
    for (let first = this.heap[0]; first; first = this.heap[0]) {
      oldest ??= first.failed;
      if (first.run.state !== "done") break;
      this.drop();
    }
    return oldest;
  }

  /** How many are remembered, ended ones included. */
  get kept(): number {
    return this.heap.length;
  }

  private drop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private sweep(): void {
    this.heap = this.heap.filter(({ run }) => run.state !== "done");
    this.sweepAt = Math.max(FEWEST_SWEPT, 2 * this.heap.length);
    for (let at = (this.heap.length >> 1) - 1; at >= 0; at--) this.sink(at);
  }

  private rise(from: number): void {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.isBefore(at, above)) return;
      this.swap(at, above);
      at = above;
    }
  }

  private sink(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let first = this.isBefore(left, at) ? left : at;
      if (this.isBefore(right, first)) first = right;
      if (first === at) return;
      this.swap(at, first);
      at = first;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [one, other] = [this.heap[a], this.heap[b]];
    return one !== undefined && other !== undefined && one.failed < other.failed;
  }

  private swap(a: number, b: number): void {
    const [one, other] = [this.heap[a], this.heap[b]];
    if (one === undefined || other === undefined) return;
    this.heap[a] = other;
    this.heap[b] = one;
  }
}
