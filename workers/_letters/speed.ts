const OVER_MS = 5_000;

/** Records a second over the last seconds. */
export class Speed {
  readonly #samples: { readonly time: number; readonly count: number }[] = [];

  sample(time: number, count: number): void {
    this.#samples.push({ time, count });
    while (this.#samples.length > 2 && time - (this.#samples[1]?.time ?? time) >= OVER_MS)
      this.#samples.shift();
  }

  get perSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.time === first.time) return 0;
    return Math.round(((last.count - first.count) * 1000) / (last.time - first.time));
  }
}
