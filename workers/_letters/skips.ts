import type { Acted } from "./desk.ts";

/** Different reasons that are told apart; the rest is one. */
const MOST = 100;
const OTHERS = "other reasons";

/** What was left as it is, by why, with one letter each to look at. */
export class Skips {
  readonly #whys = new Map<string, { letters: number; readonly sample: string }>();

  add(why: string, letter: string): void {
    const known = this.#whys.get(why);
    if (known) known.letters++;
    else if (this.#whys.size < MOST || why === OTHERS) this.#whys.set(why, { letters: 1, sample: letter });
    else this.add(OTHERS, letter);
  }

  /** Most first. */
  list(): Acted["skipped"] {
    return [...this.#whys]
      .map(([why, { letters, sample }]) => ({ why, letters, sample }))
      .sort((a, b) => b.letters - a.letters);
  }
}
