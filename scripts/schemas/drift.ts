import { Command } from "commander";
import { exitCodes, readConfig } from "../../workers/_runtime/mod.ts";
import { registryCalls } from "../../workers/_runtime/registry-http.ts";
import { checkout } from "../../workers/_runtime/shipped.ts";
import { jsonOf, tableOf } from "../table.ts";
import { readLevels } from "./declared-levels.ts";
import { type Difference, differences } from "./drift/differences.ts";
import { checkoutVersions, projectFolder } from "./source/checkout.ts";
import { gitIn } from "./source/git.ts";
import { gitVersions } from "./source/git-versions.ts";
import { projectIn } from "./source/project.ts";
import { registryVersions } from "./source/registry.ts";
import { connectSubjects } from "./subjects.ts";

interface Options {
  readonly ref: string;
  readonly root: string;
  readonly json?: boolean;
}

const TIMEOUT_MS = 10_000;

export const drift = new Command("drift")
  .description(
    "What differs between registry and repository: subjects that nobody declares, versions that were never committed, " +
      "schemas that aren't registered, other compatibility levels. Changes nothing.",
  )
  .option("--ref <ref>", "commit whose history counts as the repository's", "HEAD")
  .option("--root <folder>", "the checkout", checkout ?? ".")
  .option("--json", "the differences as JSON")
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice schemas drift                     once a night: did anybody register by hand?

Exit codes: 0 no difference; 1 some; 2 configuration; 3 the registry can't be reached, or the history is missing`,
  )
  .action(async ({ ref, root, json }: Options) => {
    const { registry } = readConfig(process.env, ["SCHEMA_REGISTRY_URL"]);
    const signal = new AbortController().signal;
    const call = registryCalls(registry, TIMEOUT_MS);
    const project = projectIn(root);
    const versions = checkoutVersions(root);
    const subjects = versions.map(({ subject }) => subject);
    const topics = projectFolder(project).topics.map(({ name }) => name);
    const history = await gitVersions(gitIn(root, signal), ref);
    const port = connectSubjects(call, signal);
    const levels = new Map<string, string | undefined>();
    for (const subject of subjects) levels.set(subject, await port.level(subject));
    const found = differences({
      ...{ checkout: versions, history, levels, levelOf: readLevels(project, subjects) },
      registry: await registryVersions(call, topics, signal),
    });
    process.stdout.write(json ? jsonOf(found) : shown(found));
    if (found.length > 0) process.exitCode = exitCodes.no;
  });

function shown(found: readonly Difference[]): string {
  if (found.length === 0) return "Registry and repository say the same.\n";
  const rows = found.map(({ kind, subject, what, fix }) => [subject, kind, what, fix]);
  return tableOf(["subject", "difference", "what", "fix"], rows);
}
