/** A fixed function from a number to 32 random-looking bits; `java/src/Seeded.java` computes the same. */
export function scramble(n: number): number {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** How long the handler of the record at `offset` takes: whole milliseconds, 0 to 5. */
export function sleepMsAt(offset: number): number {
  return scramble(offset) % 6;
}
