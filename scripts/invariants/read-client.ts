import { type Accepted, parseEntry, type Sown } from "../load/accepted.ts";
import { linesOf } from "../load/file.ts";

/**
 * What clients were promised and what was sown, as `boxoffice load --ledger FILE` wrote it.
 * @throws {UsageError} when the file can't be read, or a line of it is neither
 */
export async function readClientLedger(path: string): Promise<{ accepted: Accepted[]; sown: Sown[] }> {
  const accepted: Accepted[] = [];
  const sown: Sown[] = [];
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    const entry = parseEntry(line, `line ${number} of '${path}'`);
    if ("sown" in entry) sown.push(entry);
    else accepted.push(entry);
  }
  return { accepted, sown };
}
