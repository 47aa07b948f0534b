import type { JobResult } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { moment } from "../desk/age.ts";
import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { listed } from "../desk/filter-options.ts";
import { fitTable } from "../desk/fit-table.ts";
import { writeLines } from "../desk/ndjson.ts";
import { oneForm, print } from "../desk/print.ts";
import { printableLines } from "../desk/printable.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";

interface Options extends DeskOptions, JsonOptions {
  readonly result?: readonly string[];
}

/** Rows for people; the JSON forms have all. */
const SHOWN = 50;

const RESULTS: readonly JobResult["result"][] = [
  "processed",
  "dead again",
  "under way",
  "sent to source",
  "not sent",
  "skipped",
];

export const results = withJson(
  deskCommand("results", "What became of each of a job's letters, in the plan's order.")
    .argument("<plan>", "the plan it carries out")
    .option("--result <results>", "only these: dead-again,skipped", listed),
  { lines: true },
)
  .addHelpText(
    "after",
    `
JSON: a list of { letter, id, result, text, time }; --ndjson: one a line, as they come. result is one of processed,
"dead again", "under way", "sent to source", "not sent", skipped.

Examples:
  $ npx boxoffice jobs results 20261124-031205417-k7f3m --result dead-again
  $ npx boxoffice jobs results 20261124-031205417-k7f3m --ndjson | jq -r 'select(.result == "skipped") | .letter'

Exit codes: 0 shown; 1 no such job; 2 usage or configuration; 3 Kafka or the console can't be reached`,
  )
  .action((plan: string, options: Options) =>
    withDesk(options, async ({ desk, run }) => {
      oneForm(options);
      const wanted = wantedOf(options.result);
      await run(async (call) => {
        const rows = wantedOnly(desk.results(plan, call), wanted);
        if (options.ndjson) await writeLines(rows);
        else if (options.json) await print(options, { json: await Array.fromAsync(rows), text: () => "" });
        else process.stdout.write(printableLines(await resultsText(rows)));
      });
    }),
  );

function wantedOf(texts: readonly string[] | undefined): readonly JobResult["result"][] {
  if (texts === undefined) return RESULTS;
  return texts.map((text) => {
    const result = RESULTS.find((each) => each === text.toLowerCase().replaceAll("-", " "));
    if (result === undefined)
      throw new UsageError(
        `Cannot use --result '${text}': write ${RESULTS.map((each) => each.replaceAll(" ", "-")).join(", ")}`,
      );
    return result;
  });
}

async function* wantedOnly(
  rows: AsyncIterable<JobResult>,
  wanted: readonly JobResult["result"][],
): AsyncGenerator<JobResult> {
  for await (const row of rows) if (wanted.includes(row.result)) yield row;
}

export async function resultsText(rows: AsyncIterable<JobResult>): Promise<string> {
  const shown: JobResult[] = [];
  const counts = new Map<string, number>();
  for await (const row of rows) {
    counts.set(row.result, (counts.get(row.result) ?? 0) + 1);
    if (shown.length < SHOWN) shown.push(row);
  }
  if (shown.length === 0) return "No results\n";
  const table = fitTable(
    ["letter", "result", "when", "more"],
    shown.map(({ letter, result, time, text }) => [
      letter,
      result,
      time === undefined ? "" : moment(time),
      text,
    ]),
  );
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const more = all > shown.length ? `${all - shown.length} more: --ndjson has them all\n` : "";
  return `${table}${more}${[...counts].map(([result, count]) => `${count} ${result}`).join(", ")}\n`;
}
