import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { checkout } from "../../workers/_runtime/shipped.ts";
import { jsonOf } from "../table.ts";
import { defaultAgainst, parseAgainst } from "./check/against.ts";
import { readBaseline, SNAPSHOT } from "./check/read-baselines.ts";
import { compare } from "./diff/compare.ts";
import { diffText } from "./diff/diff-text.ts";
import { checkoutVersions, projectFolder } from "./source/checkout.ts";
import { isRepository } from "./source/git.ts";
import { projectIn } from "./source/project.ts";

interface Options {
  readonly against?: string;
  readonly json?: true;
  readonly root: string;
}

export const diff = new Command("diff")
  .description(
    "What was changed in this checkout's schemas, breaking or not: fields, types, defaults, docs, names, symbols. " +
      "Whether it breaks anybody is what 'schemas check' says.",
  )
  .argument("[record...]", "only these, by name or full name")
  .option(
    "--against <source>",
    "git:<ref>, merge-base[:<branch>], registry, dir:<path> or snapshot[:<path>] (default: merge-base, else the snapshot)",
  )
  .option("--root <folder>", "the checkout", checkout ?? ".")
  .option("--json", "as JSON: record, file, kind, since, differences (kind, what, of, from, to, at) of each")
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice schemas diff
  $ npx boxoffice schemas diff PaymentCaptured --against git:v1.4

Exit codes: 0 compared, whatever was found; 2 usage, or a schema that can't be read; 3 could not compare`,
  )
  .action(async (records: readonly string[], { against, json, root }: Options) => {
    const signal = new AbortController().signal;
    const [source = parseAgainst("merge-base")] =
      against === undefined
        ? defaultAgainst(await isRepository(root, signal), existsSync(join(root, SNAPSHOT)))
        : [parseAgainst(against)];
    const { topics } = projectFolder(projectIn(root));
    const baseline = await readBaseline(source, { root, topics, env: process.env, signal });
    const diffs = compare(checkoutVersions(root), baseline.histories, records);
    const unknown = records.find((word) => !diffs.some(({ record }) => `.${record}`.endsWith(`.${word}`)));
    if (unknown !== undefined) {
      throw new UsageError(
        `Cannot compare '${unknown}' as neither this checkout nor ${baseline.name} has a record of that name`,
      );
    }
    const coloured = process.stdout.isTTY === true && process.stdout.hasColors();
    process.stdout.write(json ? jsonOf(diffs) : diffText(diffs, baseline.name, coloured));
  });
