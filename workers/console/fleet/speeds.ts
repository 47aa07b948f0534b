/** Over which records a second are measured. */
const WINDOW_MS = 15_000;
const LEAST_MS = 500;

/** Records a second of each worker, from how far it had got at each look. */
export class Speeds {
  private readonly seen = new Map<string, { readonly done: number; readonly time: number }[]>();

  /** @returns undefined at the first look. */
  observe(worker: string, done: number, time: number): number | undefined {
    const before = (this.seen.get(worker) ?? []).filter((each) => time - each.time <= WINDOW_MS);
    const last = this.seen.get(worker)?.at(-1);
    // The last look may be long ago: then it is all there is to compare with.
    const looks = before.length > 0 || last === undefined ? before : [last];
    this.seen.set(worker, [...looks, { done, time }].slice(-30));
    const [first] = looks;
    if (!first || time - first.time < LEAST_MS) return undefined;
    return Math.max(0, ((done - first.done) / (time - first.time)) * 1000);
  }
}
