import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { exitCodes, metricName, UsageError } from "../workers/_runtime/mod.ts";
import { loadWorkers } from "../workers/all.ts";
import { metricGroups } from "./metrics/catalogue.ts";
import { metricsDocument } from "./metrics/document.ts";
import { jsonOf } from "./table.ts";

export const DOCUMENT = "docs/metrics.md";

interface Options {
  readonly output: string;
  readonly check?: true;
  readonly json?: true;
}

export default new Command("metrics")
  .description(
    "Writes the table of every metric: type, unit, labels with their bounds, which workers have it, what it means;\n" +
      "from the declarations that register them.",
  )
  .option("--output <file>", "write there; - for stdout", DOCUMENT)
  .option("--check", "change nothing; exit 1 when the file is not up to date")
  .option("--json", "as JSON to stdout instead")
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice metrics                  after a change of a metric
  $ npx boxoffice metrics --output -
  $ npx boxoffice metrics --json | jq -r '.metrics[].name'

Exit codes: 0 up to date, or written; 1 --check found it out of date; 2 it can't be written`,
  )
  .action(async ({ output, check, json }: Options) => {
    if (json) return void process.stdout.write(jsonOf({ metrics: await metricRows() }));
    const text = await metricsText();
    if (output === "-") return void process.stdout.write(text);
    const upToDate = existsSync(output) && readFileSync(output, "utf8") === text;
    if (check && !upToDate) process.exitCode = exitCodes.no;
    if (!check && !upToDate) write(output, text);
    const outcome = check ? "is not what the declarations say: run 'npx boxoffice metrics'" : "is written";
    process.stderr.write(`${output} ${upToDate ? "is up to date" : outcome}\n`);
  });

/** What the document must be now; the same on every machine. */
export async function metricsText(): Promise<string> {
  return metricsDocument(metricGroups(await loadWorkers()));
}

/** One metric as programs get it. */
export interface MetricRow {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly unit: string;
  readonly help: string;
  /** By name, what bounds it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly workers: readonly string[];
}

export async function metricRows(): Promise<readonly MetricRow[]> {
  return metricGroups(await loadWorkers()).flatMap(({ metrics, workers }) =>
    Object.values(metrics).map(({ type, metric }) => {
      const { unit, help, labels = {} } = metric;
      return { name: metricName(metric), type, unit, help, labels, workers };
    }),
  );
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot write the document to '${file}': ${why}`, { cause: error });
  }
}
