import { Command, Option } from "commander";
import { topics } from "../../schemas/topics.ts";
import { subjectOf } from "../../workers/_runtime/codec.ts";
import { exitCodes, readConfig } from "../../workers/_runtime/mod.ts";
import { registryCalls } from "../../workers/_runtime/registry-http.ts";
import { jsonOf } from "../table.ts";
import { LEVELS, type Level } from "./level.ts";
import { type Result, registerSubject, type Subject } from "./register-subject.ts";
import { resultTable } from "./show.ts";
import { connectSubjects } from "./subjects.ts";

interface Options {
  readonly level: Level;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const TIMEOUT_MS = 10_000;

export const register = new Command("register")
  .description(
    "Registers every record under <topic>-<full name>. Sets the subject's compatibility level first, so that " +
      "even its second version is checked. Doing it again does nothing.",
  )
  .addOption(
    new Option("--level <level>", "compatibility of every subject")
      .choices(LEVELS)
      .default("FULL_TRANSITIVE"),
  )
  .option("--dry-run", "show what would be done, change nothing")
  .option("--json", "the results as JSON")
  .addHelpText(
    "after",
    `
FULL_TRANSITIVE, since the topics are kept for ever and read again from the beginning (every reader meets every
older version), and since workers are rolled out one by one in any order (older readers meet newer versions). --dry-run asks the registry
by the level that the subject has now.

Exit codes: 0 all registered; 1 the registry refuses one, or --dry-run found something to do; 2 configuration;
            3 the registry can't be reached`,
  )
  .action(async ({ level, dryRun = false, json }: Options) => {
    const { registry } = readConfig(process.env, ["SCHEMA_REGISTRY_URL"]);
    const signal = new AbortController().signal;
    const port = connectSubjects(registryCalls(registry, TIMEOUT_MS), signal);
    const results: Result[] = [];
    for (const subject of subjects()) results.push(await registerSubject(port, subject, level, dryRun));
    process.stdout.write(json ? jsonOf(results) : resultTable(results));
    if (results.some(({ action }) => action === "refused" || (dryRun && action !== "unchanged"))) {
      process.exitCode = exitCodes.no;
    }
  });

/** One for each record of each topic. */
export function subjects(): Subject[] {
  return topics.flatMap((topic) =>
    topic.records.map((record) => ({ subject: subjectOf(topic.name, record), topic: topic.name, record })),
  );
}
