import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../workers/_runtime/mod.ts";
import { checkout } from "../../workers/_runtime/shipped.ts";
import { versionLine } from "../version.ts";
import { defaultAgainst, parseAgainst } from "./check/against.ts";
import { deliver, type Output, outputOptions } from "./check/outputs.ts";
import { SNAPSHOT } from "./check/read-baselines.ts";
import { runCheck } from "./check/run-check.ts";
import { isBreaking } from "./report/check-result.ts";
import { couldNotCheck } from "./report/github.ts";
import { render } from "./report/render.ts";
import { repositoryPages } from "./report/sarif.ts";
import { isRepository } from "./source/git.ts";
import { projectIn } from "./source/project.ts";

interface Options {
  readonly against?: readonly string[];
  readonly fleet: boolean;
  readonly root: string;
}

export const check = new Command("check")
  .description(
    "Compares this checkout's schemas with those before, by each subject's level (schemas/schemas.json), by what they " +
      "mean, and by workers' own codecs on what really lies in topics. Names who breaks, where, and what to do.",
  )
  .option(
    "--against <source>",
    "repeatable: git:<ref>, merge-base[:<branch>], registry, dir:<path>, snapshot[:<path>] " +
      "(default: merge-base, and schemas/snapshot.json if it is there)",
    (word: string, before: readonly string[] = []) => [...before, word],
  )
  .option("--no-fleet", "don't ask workers' codecs")
  .option("--root <folder>", "the checkout", checkout ?? ".");

const outputs = outputOptions(check);

check
  .addHelpText(
    "after",
    `
Exceptions: schemas/waivers.yaml; the entry to paste is printed with each error. docs/schemas.md tells all of it.

Examples:
  $ npx boxoffice schemas check                          before a commit
  $ npx boxoffice schemas check --against git:v1.4       could this replace what v1.4 runs?
  $ npx boxoffice schemas check --format github --format sarif --output schemas.sarif

Exit codes: 0 nothing breaks; 1 something does, or a waiver is expired or unused; 2 usage, or no schemas;
            3 could not check (no such ref, shallow clone, registry away, nothing to compare with)`,
  )
  .action(async ({ against = [], fleet, root }: Options) => {
    const wanted = outputs();
    const signal = new AbortController().signal;
    try {
      const snapshot = join(root, SNAPSHOT);
      const named = against.map(parseAgainst);
      const sources =
        named.length > 0 ? named : defaultAgainst(await isRepository(root, signal), existsSync(snapshot));
      const env = process.env;
      const result = await runCheck({
        ...{ project: projectIn(root), root, snapshot, against: sources, fleet, mayBeFirst: false },
        ...{ env, now: new Date(), signal },
      });
      const coloured = process.stdout.isTTY === true && process.stdout.hasColors();
      const options = { coloured, version: versionLine(), repository: repositoryPages(env) };
      for (const output of wanted) deliver(output, render(output.format, result, options));
      if (isBreaking(result)) process.exitCode = exitCodes.no;
    } catch (error) {
      annotate(wanted, error);
      throw error;
    }
  });

/** In a pull request a failed check must say why at its top, not only in the log. */
function annotate(wanted: readonly Output[], error: unknown): void {
  if (wanted.some(({ format, file }) => format === "github" && file === undefined))
    process.stdout.write(couldNotCheck(error instanceof Error ? error.message : String(error)));
}
