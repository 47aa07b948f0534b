import { CorruptPayload } from "./failures.ts";

/** Zero-byte elements (nulls, empty records) one payload may hold: their count is bounded by nothing else. */
const MOST_EMPTY_ELEMENTS = 65_536;
/** What one payload may become in memory, by the estimates of `memory.ts`: a byte can stand for a hundred. */
const MOST_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * What one payload may cost beyond its own length. Each is asked before anything is built; all throw
 * `CorruptPayload`.
 */
export class Limits {
  #empty = 0;
  #depth = 0;
  #memory = 0;

  start(): void {
    this.#empty = 0;
    this.#depth = 0;
    this.#memory = 0;
  }

  /** For what is about to be made: a record, `count` elements of a list. */
  build(bytes: number): void {
    this.#memory += bytes;
    if (this.#memory > MOST_MEMORY_BYTES)
      refuse(`it would take more than ${MOST_MEMORY_BYTES / 1024 / 1024} MB of memory`);
  }

  emptyElements(count: number): void {
    this.#empty += count;
    if (this.#empty > MOST_EMPTY_ELEMENTS)
      refuse(`there are more than ${MOST_EMPTY_ELEMENTS} elements of no bytes`);
  }

  /** Around each level of a recursive type. */
  enter(most: number): void {
    if (++this.#depth > most) refuse(`it is nested deeper than ${most} levels`);
  }

  leave(): void {
    this.#depth--;
  }
}

function refuse(what: string): never {
  throw new CorruptPayload(`Cannot decode payload as ${what}`);
}
