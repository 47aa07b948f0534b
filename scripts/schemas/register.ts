import { Command } from "commander";
import { topics } from "../../schemas/topics.ts";
import { subjectOf } from "../../workers/_runtime/codec.ts";
import { exitCodes, readConfig } from "../../workers/_runtime/mod.ts";
import { registryCalls } from "../../workers/_runtime/registry-http.ts";
import { jsonOf } from "../table.ts";
import { versionLine } from "../version.ts";
import { runCheck } from "./check/run-check.ts";
import { readLevels } from "./declared-levels.ts";
import { type Result, registerSubject, type Subject } from "./register-subject.ts";
import { isBreaking } from "./report/check-result.ts";
import { render } from "./report/render.ts";
import { resultTable } from "./show.ts";
import { ownProject } from "./source/project.ts";
import { connectSubjects } from "./subjects.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const TIMEOUT_MS = 10_000;

export const register = new Command("register")
  .description(
    "Registers every record under <topic>-<full name>, unless 'schemas check --against registry' finds anything that " +
      "breaks: then nothing. Sets the subject's compatibility level first, so that even its second version is checked " +
      "by the registry. Doing it again does nothing.",
  )
  .option("--dry-run", "show what would be done, change nothing")
  .option("--yes", "also where CI is set: without it, that is a dry run")
  .option("--json", "the results as JSON")
  .addHelpText(
    "after",
    `
Levels are declared in schemas/schemas.json. FULL_TRANSITIVE, since the topics are kept for ever and read again from
the beginning (every reader meets every older version), and since workers are rolled out one by one in any order
(older readers meet newer versions). --dry-run asks the registry by the level that the subject has now.

Exit codes: 0 all registered; 1 something breaks, or the registry refuses one, or a dry run found something to do;
            2 configuration; 3 the registry can't be reached`,
  )
  .action(async ({ dryRun = false, yes = false, json }: Options) => {
    const { registry } = readConfig(process.env, ["SCHEMA_REGISTRY_URL"]);
    const signal = new AbortController().signal;
    const isDry = dryRun || (!yes && isInCi(process.env));
    if (isDry && !dryRun) process.stderr.write("A dry run, as CI is set: say --yes to register.\n");
    if (await refused(signal)) {
      process.stderr.write("Nothing was registered.\n");
      process.exitCode = exitCodes.no;
      return;
    }
    const port = connectSubjects(registryCalls(registry, TIMEOUT_MS), signal);
    const wanted = subjects();
    const levelOf = readLevels(
      ownProject(),
      wanted.map(({ subject }) => subject),
    );
    const results: Result[] = [];
    for (const subject of wanted)
      results.push(await registerSubject(port, subject, levelOf(subject.subject), isDry));
    process.stdout.write(json ? jsonOf(results) : resultTable(results));
    if (results.some(({ action }) => action === "refused" || (isDry && action !== "unchanged"))) {
      process.exitCode = exitCodes.no;
    }
  });

/** What a check against the registry finds goes to stderr; nothing, when nothing breaks. */
async function refused(signal: AbortSignal): Promise<boolean> {
  const result = await runCheck({
    ...{ project: ownProject(), root: ".", snapshot: undefined, against: [{ kind: "registry" }] },
    ...{ fleet: true, mayBeFirst: true, env: process.env, now: new Date(), signal },
  });
  if (!isBreaking(result)) return false;
  const coloured = process.stderr.isTTY === true && process.stderr.hasColors();
  const options = { coloured, version: versionLine(), repository: undefined };
  process.stderr.write(render("text", result, options));
  return true;
}

/** As the CI systems say it. */
function isInCi({ CI }: NodeJS.ProcessEnv): boolean {
  return CI !== undefined && !["", "0", "false"].includes(CI);
}

/** One for each record of each topic. */
export function subjects(): Subject[] {
  return topics.flatMap((topic) =>
    topic.records.map((record) => ({ subject: subjectOf(topic.name, record), topic: topic.name, record })),
  );
}
