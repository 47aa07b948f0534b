import { once } from "node:events";
import { printable } from "./printable.ts";

/** One JSON document a line on `to`, no faster than its reader takes them. */
export async function writeLines(
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  to: NodeJS.WritableStream = process.stdout,
): Promise<number> {
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (!to.write(`${printable(JSON.stringify(row))}\n`)) await once(to, "drain");
  }
  return count;
}
