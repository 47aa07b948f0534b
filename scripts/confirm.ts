import { UsageError } from "../workers/_runtime/mod.ts";
import { question as ask } from "./question.ts";

/**
 * Asks a person; only `y` or `yes` is a yes. `yes` answers for one that isn't there.
 * @throws {UsageError} without a terminal to ask at: a script must say `--yes` itself
 * @throws {Unanswered} when the person leaves instead
 */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY)
    throw new UsageError(
      `Cannot ask '${question}' as there is no terminal: say --yes to go on without being asked`,
    );
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());
}
