import { UsageError } from "../../workers/_runtime/mod.ts";
import { jsonOf } from "../table.ts";
import type { JsonOptions } from "./command.ts";
import { writeLines } from "./ndjson.ts";
import { printableLines } from "./printable.ts";

/** A result in the form that was asked for: for people, as one JSON document, or a line a row. */
export async function print(
  options: JsonOptions,
  result: { readonly json: unknown; readonly rows?: Iterable<unknown>; readonly text: () => string },
): Promise<void> {
  oneForm(options);
  if (options.ndjson && result.rows) await writeLines(result.rows);
  else process.stdout.write(printableLines(options.json ? jsonOf(result.json) : result.text()));
}

/** @throws {UsageError} when both forms are asked for */
export function oneForm({ json, ndjson }: JsonOptions): void {
  if (json && ndjson) throw new UsageError("Cannot print --json and --ndjson at once: say one of them");
}
