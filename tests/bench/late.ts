/** Every third record fails its first attempt; the two behind it have the same key and must wait for it. */
export const TRAIN = 3;

export function failsFirst(n: number): boolean {
  return n % TRAIN === 0;
}

/** Judges one run of the lateness case: how late after due, whether early, whether a key's order was kept. */
export class Lateness {
  private readonly warmup: number;
  private readonly dues = new Map<string, number>();
  private readonly lateMs: number[] = [];
  private readonly newest = new Map<string, number>();
  private readonly seen = new Set<number>();
  private early = 0;
  private overtaken = 0;
  private twice = 0;
  private retries = 0;
  private parked = 0;

  /** How late the first `warmup` records are isn't counted; everything else is. */
  constructor(warmup: number) {
    this.warmup = warmup;
  }

  /** A copy of record `id` was written to a retry topic; epoch ms. */
  due(id: string, due: number, parked: boolean): void {
    this.dues.set(id, due);
    if (parked) this.parked++;
    else this.retries++;
  }

  started(id: string, n: number, now: number): void {
    const due = this.dues.get(id);
    if (due === undefined) return;
    if (now < due) this.early++;
    if (n >= this.warmup) this.lateMs.push(now - due);
  }

  done(key: string, n: number): void {
    if (this.seen.has(n)) this.twice++;
    this.seen.add(n);
    const newest = this.newest.get(key) ?? -1;
    if (n < newest) this.overtaken++;
    else this.newest.set(key, n);
  }

  figures(): Record<string, number> {
    const { early, overtaken, twice, retries, parked } = this;
    const sorted = this.lateMs.toSorted((a, b) => a - b);
    const at = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), early, overtaken, twice, retries, parked };
  }
}
