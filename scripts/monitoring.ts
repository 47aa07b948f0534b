import { Command } from "commander";
import { stringify } from "yaml";
import { UsageError } from "../workers/_runtime/mod.ts";
import { nearestWord } from "../workers/_runtime/spelling.ts";
import { workerNames } from "../workers/all.ts";
import { dashboardFiles } from "./monitoring/dashboards/all.ts";
import { RUNBOOKS, ruleGroups } from "./monitoring/rules.ts";

const rules = new Command("rules")
  .description(
    "Prints the recording and alert rules as a rules file of Prometheus, a runbook for each alert.",
  )
  .option("--runbooks <url>", "where your site shows docs/runbooks", RUNBOOKS)
  .action(({ runbooks }: { readonly runbooks: string }) => {
    const groups = ruleGroups({ workers: workerNames(), runbooks: runbooksUrl(runbooks) });
    process.stdout.write(stringify(groups, { lineWidth: 0, aliasDuplicateObjects: false }));
  });

const dashboard = new Command("dashboard")
  .description("Prints a dashboard as Grafana imports it or is provisioned with it.")
  .argument("<name>", [...dashboardFiles().keys()].join(", "))
  .action((name: string) => {
    const text = dashboardFiles().get(name);
    if (text === undefined) throw unknown(name);
    process.stdout.write(text);
  });

function unknown(name: string): UsageError {
  const names = [...dashboardFiles().keys()];
  const near = nearestWord(name, names);
  return new UsageError(
    `Cannot find dashboard '${name}': there are ${names.join(", ")}${near === undefined ? "" : `; did you mean '${near}'?`}`,
  );
}

/** @throws {UsageError} when it isn't a URL that a pager could open */
function runbooksUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text.replace(/\/+$/, "");
  throw new UsageError(`Cannot link runbooks as '--runbooks' must be a URL: current value is '${text}'`);
}

export default new Command("monitoring")
  .description("What Prometheus and Grafana are given: docs/observability.md says how.")
  .addCommand(rules)
  .addCommand(dashboard)
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice monitoring rules --runbooks https://git.example/boxoffice/docs/runbooks > boxoffice.yaml
  $ npx boxoffice monitoring dashboard fleet > fleet.json

Exit codes: 0 fine; 2 usage`,
  );
