/** The `name=value` words that `contestant.ts` hands to a process. */
export interface Asked {
  text(name: string): string;
  number(name: string): number;
}

/** @throws {Error} naming the word that is missing. */
export function asked(argv: readonly string[] = process.argv.slice(2)): Asked {
  const words = new Map(
    argv.map((word) => {
      const at = word.indexOf("=");
      return [word.slice(0, at), word.slice(at + 1)] as const;
    }),
  );
  const text = (name: string) => {
    const value = words.get(name);
    if (value === undefined) throw new Error(`Cannot start as the word '${name}=…' is missing`);
    return value;
  };
  return { text, number: (name) => Number(text(name)) };
}
