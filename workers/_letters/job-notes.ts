/** Letters that the broker won't take, with why. */
type RefusedLetters = ReadonlyMap<string, string>;

export function refusedNote(letters: RefusedLetters): string | undefined {
  const [first] = letters;
  return first && `the broker refused ${letters.size} letters, first ${first[0]}: ${first[1]}`;
}

/** What somebody should know of a job that is through; undefined: everything went as planned. */
export function doneNote(skipped: number, refused: RefusedLetters): string | undefined {
  const others = skipped - refused.size;
  const notes = [
    refusedNote(refused),
    others > 0
      ? `${others} letters were not open when their turn came, or gone: the results say why of each`
      : undefined,
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? undefined : notes.join("; ");
}
