/** A bound on what is under way at once. */
export interface Slots {
  /** Runs `work` in a slot; undefined, without running it, when every slot is taken. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined;
  readonly taken: number;
}

/** Nothing queues for a slot: who finds none is told at once and comes back when its client decides. */
export function createSlots(max: number): Slots {
  let taken = 0;
  return {
    run(work) {
      if (taken >= max) return undefined;
      taken += 1;
      return work().finally(() => {
        taken -= 1;
      });
    },
    get taken() {
      return taken;
    },
  };
}
