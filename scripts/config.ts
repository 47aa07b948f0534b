import { Command } from "commander";
import { describeConfig, readConfig } from "../workers/_runtime/mod.ts";
import { needsOf } from "../workers/_runtime/needs.ts";
import { loadWorker } from "../workers/all.ts";
import { jsonOf, tableOf } from "./table.ts";

interface Options {
  readonly for?: string;
  readonly json?: true;
}

export default new Command("config")
  .description("What is in force: every setting, its value (secrets masked) and where it came from.")
  .option("--for <worker>", "also check that all that this worker needs is set")
  .option("--json", "as JSON")
  .addHelpText(
    "after",
    `
Each setting is an environment variable; a secret can also come from the file that <NAME>_FILE names.

Examples:
  $ npx boxoffice config
  $ BOXOFFICE_PROFILE=local npx boxoffice config --for payment --json

Exit codes: 0 fine, 2 something is set wrongly or missing (each is named on stderr)`,
  )
  .action(async (options: Options) => {
    const needs = options.for === undefined ? [] : needsOf(await loadWorker(options.for));
    const config = readConfig(process.env, needs);
    for (const warning of config.warnings) process.stderr.write(`warning: ${warning}\n`);
    const rows = describeConfig(config);
    process.stdout.write(
      options.json
        ? jsonOf(rows.map((row) => ({ ...row, value: row.value ?? null })))
        : tableOf(
            ["name", "value", "source", "what it is for"],
            rows.map((row) => [row.name, row.value ?? "", row.source, row.doc]),
          ),
    );
  });
