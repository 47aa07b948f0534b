import { createInterface } from "node:readline/promises";
import { UsageError } from "../workers/_runtime/mod.ts";

/**
 * Asks a person; only `y` or `yes` is a yes. `yes` answers for one that isn't there.
 * @throws {UsageError} without a terminal to ask at: a script must say `--yes` itself
 */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY)
    throw new UsageError(
      `Cannot ask '${question}' as there is no terminal: say --yes to go on without being asked`,
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
