import type { Job } from "../../workers/_letters/mod.ts";
import { age } from "../desk/age.ts";
import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { fitTable } from "../desk/fit-table.ts";
import { print } from "../desk/print.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { hasEnded } from "./job-text.ts";

interface Options extends DeskOptions, JsonOptions {
  readonly running?: true;
}

export const list = withJson(
  deskCommand("list", "Replay jobs, newest first; a job is named by its plan.").option(
    "--running",
    "only those that have not ended",
  ),
  { lines: true },
)
  .addHelpText(
    "after",
    `
JSON: a list of jobs, as show prints one; --ndjson: one job a line.

Examples:
  $ npx boxoffice jobs list --running

Exit codes: 0 shown, none included; 1 stopped; 2 usage or configuration; 3 Kafka or the console can't be reached`,
  )
  .action((options: Options) =>
    withDesk(options, async ({ desk, run }) => {
      const all = await run((call) => desk.jobs(call));
      const jobs = options.running ? all.filter((job) => !hasEnded(job)) : all;
      await print(options, { json: jobs, rows: jobs, text: () => jobsText(jobs, Date.now()) });
    }),
  );

export function jobsText(jobs: readonly Job[], now: number): string {
  if (jobs.length === 0) return "No jobs\n";
  return fitTable(
    ["job", "started", "phase", "sent", "outcomes", "by, why"],
    jobs.map((job) => [
      job.plan,
      `${age(job.startedAt, now)} ago`,
      job.phase,
      `${job.sent}\nof ${job.letters}`,
      `${job.processed} processed\n${job.deadAgain} dead again${job.skipped > 0 ? `\n${job.skipped} skipped` : ""}`,
      `${job.by}\n${job.note ?? job.reason}`,
    ]),
  );
}
