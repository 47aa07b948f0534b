/** Letters that the broker won't take, with why. */
type RefusedLetters = ReadonlyMap<string, string>;

export function refusedNote(letters: RefusedLetters, count = letters.size): string | undefined {
  const [first] = letters;
  return first && `the broker refused ${count} letters, first ${first[0]}: ${first[1]}`;
}

/** Nobody carries the job out, as far as can be told. */
export function silentNote(forMs: number, wasTakenUp: boolean): string {
  const seconds = Math.floor(forMs / 1_000);
  return wasTakenUp
    ? `nothing was heard of its replayer for ${seconds} s, and the figures are that old: look whether one runs (boxoffice run replayer)`
    : `no replayer has taken it up for ${seconds} s: look whether one runs (boxoffice run replayer)`;
}

export function interruptedNote(why: string): string {
  return `it was interrupted and is tried again: ${why}`;
}

/**
 * What somebody should know of a job that is through; undefined: everything went as planned.
 * @param skipped letters, those that were refused included, which are `refused`; not all of these are named
 */
export function doneNote(skipped: number, refused: number, named: RefusedLetters): string | undefined {
  const others = skipped - refused;
  const notes = [
    refusedNote(named, refused),
    others > 0
      ? `${others} letters were not open when their turn came, or gone: the results say why of each`
      : undefined,
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? undefined : notes.join("; ");
}

/** Why a canary of which nothing was sent ends its job: the rest would go untried. */
export function untriedNote(letters: number): string {
  return `nothing was tried, as none of the canary's ${letters} letters was open when its turn came, or the broker refused them: make a new plan of what is left`;
}
