import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { Call, Desk, Filter } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { deskCommand } from "../desk/command.ts";
import { FILTER_HELP, withFilter } from "../desk/filter-options.ts";
import { type FilterOptions, filterOf } from "../desk/filter-values.ts";
import { lettersOf } from "../desk/letters.ts";
import { writeLines } from "../desk/ndjson.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";

interface Options extends DeskOptions, FilterOptions {
  readonly out?: string;
}

export const exportCommand = withFilter(
  deskCommand(
    "export",
    "Dead letters with everything Kafka holds of them, as NDJSON: for a ticket, or import elsewhere.",
  )
    .argument("[letters...]", "these only, as list names them")
    .option("--out <file>", "into this file instead of stdout; it appears once it is whole"),
  { outcome: true },
)
  .addHelpText(
    "after",
    `${FILTER_HELP}
Personal fields are in it, as in the record: mind where it goes.

A line: { boxoffice: 1, cluster, topic, partition, offset, timestamp, key, value, headers: [[name, value]] }; key,
value and header values are base64, or null.

Examples:
  $ npx boxoffice dlq export --fingerprint 5d1e --out letters.ndjson
  $ npx boxoffice dlq export reservations.payment.dlq-3-1412 | jq -r .value | base64 -d | xxd

Exit codes: 0 all of them are written; 1 stopped, or not allowed; 2 usage or configuration; 3 Kafka or the console
            can't be reached`,
  )
  .action((letters: readonly string[], options: Options) =>
    withDesk(options, async ({ desk, run }) => {
      const named = lettersOf(letters);
      const filter = { ...filterOf(options, Date.now()), ...(named.length > 0 && { letters: named }) };
      const count = await run((call) =>
        options.out === undefined
          ? writeLines(desk.export(filter, call))
          : intoFile(desk, filter, options.out, call),
      );
      process.stderr.write(`${count} letters exported\n`);
    }),
  );

/** Half an export must not be taken for a whole one: it gets its name at the end. Only its owner may read it. */
async function intoFile(desk: Desk, filter: Filter, path: string, call: Call): Promise<number> {
  const partial = `${path}.partial`;
  const file = createWriteStream(partial, { mode: 0o600 });
  // Awaited later; a failure until then is no unhandled one.
  const written = finished(file).catch((error: Error) => {
    throw new UsageError(`Cannot write '${partial}': ${error.message}`, { cause: error });
  });
  written.catch(() => {});
  try {
    const count = await Promise.race([
      writeLines(desk.export(filter, call), file),
      written.then(() => {
        throw new Error(`Cannot write '${partial}' as it was closed`);
      }),
    ]);
    file.end();
    await written;
    await rename(partial, path);
    return count;
  } catch (error) {
    file.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}
