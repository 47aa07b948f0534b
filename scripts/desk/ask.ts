import { UsageError } from "../../workers/_runtime/mod.ts";
import { question } from "../question.ts";

/** Longest reason kept, characters. */
const LONGEST = 1000;

/**
 * Why something is done: what `--reason` says, else asked for at a terminal.
 * @throws {UsageError} without either, or when it is empty or too long
 */
export async function reasonFor(given: string | undefined, what: string): Promise<string> {
  if (given === undefined && !process.stdin.isTTY)
    throw new UsageError(`Cannot ${what} without a reason: say why with --reason "…"`);
  const reason = (given ?? (await question(`Why ${what}? `))).trim();
  if (reason === "")
    throw new UsageError(`Cannot ${what} without a reason: an empty one tells nobody anything`);
  if (reason.length > LONGEST)
    throw new UsageError(`Cannot ${what} with a reason of ${reason.length} characters: at most ${LONGEST}`);
  return reason;
}
