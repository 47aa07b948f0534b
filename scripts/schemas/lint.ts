import { resolve } from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../workers/_runtime/mod.ts";
import { checkout } from "../../workers/_runtime/shipped.ts";
import { jsonOf } from "../table.ts";
import { everyVersion } from "./every-version.ts";
import type { Finding } from "./finding.ts";
import { findingLines } from "./finding-lines.ts";
import { styleFindings } from "./rules/mod.ts";
import { projectFolder } from "./source/checkout.ts";
import { projectIn } from "./source/project.ts";

interface Options {
  readonly root?: string;
  readonly json?: boolean;
}

export const lint = new Command("lint")
  .description("Judges each of schemas/*.avsc by itself: names, docs, defaults, aliases. Needs no broker.")
  .option("--root <folder>", "a checkout with schemas/*.avsc and schemas/topics.ts", (path) => resolve(path))
  .option("--json", "the findings as JSON")
  .addHelpText(
    "after",
    `
Each rule has a page: docs/schema-rules/<rule>.md.

Examples:
  $ npx boxoffice schemas lint
  $ npx boxoffice schemas lint --json

Exit codes: 0 no error; 1 there is one; 2 there are no schemas, or no topics`,
  )
  .action(({ root = checkout ?? ".", json = false }: Options) => {
    const carried = everyVersion(projectFolder(projectIn(root)));
    const findings = carried.flatMap(({ version, subjects }) => styleFindings(version, subjects));
    process.stdout.write(json ? jsonOf(findings) : report(findings, carried.length));
    if (findings.some(({ severity }) => severity === "error")) process.exitCode = exitCodes.no;
  });

function report(findings: readonly Finding[], schemas: number): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const counts = `${counted(errors, "error")}, ${counted(findings.length - errors, "warning")}`;
  return `${findings.map(findingLines).join("")}${counted(schemas, "schema")}: ${counts}\n`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
