import type { KafkaRecord } from "./record.ts";
import type { Run } from "./run-state.ts";
import { pause } from "./wait.ts";

/** Bodies fetched at once, when none of the blockers' is in memory. */
const MOST_FETCHED = 16;
const TRY_AGAIN_MS = 1_000;

export interface BlockerParts {
  /** Writes the record to the end of the topic it lies in: its place becomes done. */
  readonly move: (run: Run, record: KafkaRecord) => void;
  readonly load: (run: Run, signal: AbortSignal) => Promise<KafkaRecord>;
  /** Aborted when the partition is closed. */
  readonly signal: AbortSignal;
}

/**
 * Moves what tears a track's done map apart: the lowest waiting records of a delay topic, each of which may wait for a
 * head that lies behind it and can't start while the map is full. Bodies beyond the memory are fetched for it, a few at
 * a time: each commit asks again while the map is still torn.
 */
export class Blockers {
  private readonly parts: BlockerParts;
  private fetching = false;

  constructor(parts: BlockerParts) {
    this.parts = parts;
  }

  moveAway(blockers: readonly Run[]): void {
    const inMemory = blockers.filter(({ record }) => record !== undefined);
    for (const run of inMemory) this.moveOne(run, run.record);
    if (inMemory.length === 0 && blockers.length > 0) void this.fetch(blockers.slice(0, MOST_FETCHED));
  }

  private moveOne(run: Run, record: KafkaRecord | undefined): void {
    if (record && run.state === "waiting" && !this.parts.signal.aborted) this.parts.move(run, record);
  }

  private async fetch(blockers: readonly Run[]): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    const { signal } = this.parts;
    for (const run of blockers) {
      while (run.state === "waiting" && !signal.aborted) {
        try {
          this.moveOne(run, await this.parts.load(run, signal));
          break;
        } catch {
          // The broker is away: nothing commits meanwhile, so nobody else would ask again.
          await pause(TRY_AGAIN_MS, signal);
        }
      }
    }
    this.fetching = false;
  }
}
