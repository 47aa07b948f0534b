/** A job as the log of plans has it. */
export interface Watched {
  readonly plan: string;
  /** False: nothing has to move now, since it is paused. */
  readonly runs: boolean;
  /** How far it is: another one whenever it moved. */
  readonly progress: string;
  /** When it was last heard of, epoch ms. */
  readonly heardAt: number;
}

/** Since when each unfinished job stands still. */
export class Stalls {
  private known = new Map<string, { readonly progress: string; readonly since: number }>();

  /** The longest of those that should move, ms; 0: none stands still. `now`: epoch ms. */
  look(jobs: readonly Watched[], now: number): number {
    const looked = new Map<string, { readonly progress: string; readonly since: number }>();
    let longest = 0;
    for (const { plan, runs, progress, heardAt } of jobs) {
      const before = this.known.get(plan);
      const stands = before === undefined ? Math.min(now, heardAt) : before.since;
      const moved = before !== undefined && before.progress !== progress;
      const since = !runs || moved ? now : stands;
      looked.set(plan, { progress, since });
      longest = Math.max(longest, now - since);
    }
    this.known = looked;
    return longest;
  }
}
