import { type FileHandle, open, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { parseExported } from "../../workers/_letters/exported-letter.ts";
import type { ExportedLetter } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";

/** Of stdin, which can't be read twice; a file of any size can. */
const MOST_CHARACTERS = 256 * 1024 * 1024;
/** Bad lines named one by one. */
const NAMED = 20;

/** What `export` wrote, every line of it checked. */
export interface CheckedExport {
  readonly count: number;
  readonly clusters: readonly string[];
  /** All of them, in order. */
  readonly letters: () => AsyncIterable<ExportedLetter>;
}

/**
 * Reads and checks the whole input before anything of it is used.
 * @throws {UsageError} naming each line that is no exported letter, when there is one; or a file that can't be read
 */
export async function readExport(file: string | undefined): Promise<CheckedExport> {
  if (file !== undefined && file !== "-") return await checked(file, () => linesOf(file));
  if (process.stdin.isTTY)
    throw new UsageError("Cannot import from a terminal: name the file that export wrote, or pipe it in");
  const lines: string[] = [];
  return await checked(
    "stdin",
    () => keep(createInterface({ input: process.stdin }), lines),
    async function* () {
      yield* lines;
    },
  );
}

async function checked(
  name: string,
  first: () => AsyncIterable<string>,
  again: () => AsyncIterable<string> = first,
): Promise<CheckedExport> {
  const clusters = new Set<string>();
  const bad: string[] = [];
  let number = 0;
  let count = 0;
  let badLines = 0;
  for await (const line of first()) {
    number += 1;
    if (line.trim() === "") continue;
    const read = parseExported(line);
    if (typeof read === "string") {
      badLines += 1;
      if (bad.length < NAMED) bad.push(`line ${number}: ${read}`);
    } else {
      count += 1;
      clusters.add(read.cluster);
    }
  }
  if (badLines > 0)
    throw new UsageError(
      `Cannot import '${name}' as ${badLines} of its lines are no exported letters; nothing was written:\n${bad.join("\n")}${badLines > NAMED ? `\n… ${badLines - NAMED} more` : ""}`,
    );
  return { count, clusters: [...clusters], letters: () => parsed(name, again()) };
}

async function* parsed(name: string, lines: AsyncIterable<string>): AsyncGenerator<ExportedLetter> {
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const read = parseExported(line);
    if (typeof read === "string")
      throw new UsageError(`Cannot go on with '${name}' as it was changed meanwhile`);
    yield read;
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const handle = await opened(file);
  try {
    yield* handle.readLines();
  } finally {
    await handle.close();
  }
}

async function opened(file: string): Promise<FileHandle> {
  try {
    // readline tells nobody of a folder's EISDIR, or would end the process with it.
    if ((await stat(file)).isDirectory()) throw new Error("it is a folder");
    return await open(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot read '${file}': ${why}`, { cause: error });
  }
}

async function* keep(lines: AsyncIterable<string>, kept: string[]): AsyncGenerator<string> {
  let size = 0;
  for await (const line of lines) {
    size += line.length;
    if (size > MOST_CHARACTERS)
      throw new UsageError("Cannot import more than 256 MiB from stdin: put it into a file and name that");
    kept.push(line);
    yield line;
  }
}
