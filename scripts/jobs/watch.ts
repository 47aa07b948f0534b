import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { oneForm, print } from "../desk/print.ts";
import { printable } from "../desk/printable.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { endOf, JOB_JSON, jobText } from "./job-text.ts";
import { watchJob } from "./watch-job.ts";

interface Options extends DeskOptions, JsonOptions {}

export const watch = withJson(
  deskCommand(
    "watch",
    "Follows a replay job until it has ended on outcomes. Ctrl-C leaves; the job goes on.",
  ).argument("<plan>", "the plan it carries out"),
  { lines: true },
)
  .addHelpText(
    "after",
    `
${JOB_JSON}
--json: the job as it ended; --ndjson: each look at it, one a line.

Examples:
  $ npx boxoffice jobs watch 20261124-031205417-k7f3m

Exit codes: 0 every letter is processed or sent to the source; 1 some are dead again or skipped, it was stopped or
            cancelled, there is no such job, or you left; 2 usage or configuration; 3 Kafka or the console can't be
            reached`,
  )
  .action((plan: string, options: Options) =>
    withDesk(options, async (at) => {
      oneForm(options);
      const ended = options.ndjson
        ? await watchJob(at, plan, (job) => process.stdout.write(`${printable(JSON.stringify(job))}\n`))
        : await watchJob(at, plan);
      if (!options.ndjson)
        await print(options, { json: ended, text: () => jobText(ended, Date.now(), at.suffix) });
      process.exitCode = endOf(ended);
    }),
  );
