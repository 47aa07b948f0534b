import type { Door } from "./door.ts";

export const OUTAGE_MODES = ["refuse", "503", "hang"] as const;
export type OutageMode = (typeof OUTAGE_MODES)[number];

/** A total outage on command: one at a time, over after its time or on demand. */
export interface Outage {
  readonly mode: OutageMode | undefined;
  /** Resolves once it is in force; a later call replaces an earlier one. */
  begin(mode: OutageMode, forMs: number): Promise<void>;
  /** Resolves once calls are taken again. */
  end(): Promise<void>;
}

export function createOutage(door: Door, lifetime: AbortSignal): Outage {
  let mode: OutageMode | undefined;
  let timer: NodeJS.Timeout | undefined;
  // The door is moved by one change at a time, in the order of the calls.
  let moved: Promise<void> = Promise.resolve();
  lifetime.addEventListener("abort", () => clearTimeout(timer), { once: true });

  function change(next: OutageMode | undefined): Promise<void> {
    clearTimeout(timer);
    mode = next;
    const move = moved.then(() => {
      if (lifetime.aborted) return;
      return next === "refuse" ? door.shut() : door.open(lifetime);
    });
    moved = move.catch(() => {});
    return move;
  }

  return {
    get mode() {
      return mode;
    },
    async begin(next, forMs) {
      await change(next);
      if (mode !== next || lifetime.aborted) return;
      clearTimeout(timer);
      // A gateway that can't open again is of no use: a rejection here ends the process, on purpose.
      timer = setTimeout(() => change(undefined), forMs);
    },
    end: () => change(undefined),
  };
}
