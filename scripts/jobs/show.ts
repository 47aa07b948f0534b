import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { print } from "../desk/print.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { JOB_JSON, jobText } from "./job-text.ts";

interface Options extends DeskOptions, JsonOptions {}

export const show = withJson(
  deskCommand("show", "One replay job as it stands.").argument("<plan>", "the plan it carries out"),
)
  .addHelpText(
    "after",
    `
${JOB_JSON}

Examples:
  $ npx boxoffice jobs show 20261124-031205417-k7f3m --json | jq .phase

Exit codes: 0 shown, whatever its phase; 1 no such job; 2 usage or configuration; 3 Kafka or the console can't be
            reached`,
  )
  .action((plan: string, options: Options) =>
    withDesk(options, async ({ desk, run, suffix }) => {
      const job = await run((call) => desk.job(plan, call));
      await print(options, { json: job, text: () => jobText(job, Date.now(), suffix) });
    }),
  );
