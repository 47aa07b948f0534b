import { createInterface } from "node:readline/promises";
import { printableLines } from "./desk/printable.ts";

/** Ctrl-C or Ctrl-D at a question: an answer as well, and it is no. */
export class Unanswered extends Error {
  override name = "Unanswered";
}

/**
 * One line typed at the terminal; the question goes to stderr, so that stdout stays data.
 * @throws {Unanswered} when the person leaves instead
 */
export async function question(text: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(printableLines(text));
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    process.stderr.write("\n");
    throw new Unanswered("Stopped at the question: nothing was done", { cause: error });
  } finally {
    terminal.close();
  }
}
