import { type Filter, isEverything } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { type FilterOptions, filterOf } from "./filter-values.ts";

/** What a command is to act on: letters by name, or by filter, or all of them when that is said. */
export interface WhichOptions extends FilterOptions {
  readonly all?: true;
}

/** @throws {UsageError} for a word that names no letter */
export function lettersOf(words: readonly string[]): readonly string[] {
  for (const word of words)
    if (!/^.+-\d+-\d+$/.test(word))
      throw new UsageError(
        `Cannot take '${word}' for a letter: write <dlq>-<partition>-<offset>, as dlq list names them`,
      );
  return words;
}

/**
 * The filter of a command that changes what matches it. What dies after `now` isn't meant: whoever asked has not seen
 * it.
 * @throws {UsageError} when nothing narrows it down and `--all` doesn't say so
 */
export function chosen(words: readonly string[], options: WhichOptions, what: string, now: number): Filter {
  const letters = lettersOf(words);
  const filter = filterOf(options, now);
  const everything = letters.length === 0 && isEverything(filter);
  if (everything && !options.all)
    throw new UsageError(
      `Cannot ${what} every dead letter unasked: narrow it down with a filter, or say --all`,
    );
  if (!everything && options.all)
    throw new UsageError("Cannot use --all with a filter or letters: say either");
  return {
    ...filter,
    ...(filter.until === undefined && letters.length === 0 && { until: now }),
    ...(letters.length > 0 && { letters }),
  };
}
