/** One partition as the survey found it. */
export interface Place {
  readonly partition: number;
  readonly committed: number;
  readonly lag: number;
}

const WINDOW_MS = 60_000;

/**
 * How long the lag of one topic's partitions lasts at the speed of the last minute. Partitions come and go: only what
 * one got through while it was looked at counts as speed.
 */
export class DrainEstimate {
  private known = new Map<number, number>();
  private done = 0;
  /** One a look, ascending. */
  private samples: { readonly time: number; readonly done: number }[] = [];

  /** Seconds; undefined: nothing can be said after one look. `now` by any clock, ms. */
  look(places: readonly Place[], now: number): number | undefined {
    for (const { partition, committed } of places)
      this.done += Math.max(0, committed - (this.known.get(partition) ?? committed));
    this.known = new Map(places.map(({ partition, committed }) => [partition, committed]));
    this.samples.push({ time: now, done: this.done });
    while (this.samples.length > 2 && now - (this.samples[1]?.time ?? now) >= WINDOW_MS) this.samples.shift();
    const lag = places.reduce((sum, place) => sum + place.lag, 0);
    if (lag === 0) return 0;
    const [first] = this.samples;
    const ms = first ? now - first.time : 0;
    if (!first || ms <= 0) return undefined;
    const perSecond = ((this.done - first.done) * 1000) / ms;
    return perSecond > 0 ? lag / perSecond : Number.POSITIVE_INFINITY;
  }
}
