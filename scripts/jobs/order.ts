import type { Command } from "commander";
import type { JobOrder } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { confirm } from "../confirm.ts";
import { reasonFor } from "../desk/ask.ts";
import { deskCommand, type JsonOptions, withJson, withReason } from "../desk/command.ts";
import { rateOf } from "../desk/numbers.ts";
import { print } from "../desk/print.ts";
import { type AtDesk, type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { jobText } from "./job-text.ts";

interface Options extends DeskOptions, JsonOptions {
  readonly reason?: string;
  readonly yes?: true;
  readonly rate?: string;
}

export const pause = orderCommand("pause", "Stops sending until it is resumed; what was sent goes on.");
export const resume = orderCommand("resume", "Goes on sending.");
export const cancel = orderCommand(
  "cancel",
  "Sends nothing more, for good; what was sent goes on, the rest stays open.",
);
export const throttle = orderCommand(
  "throttle",
  "Another cap on the records a second, in mid-job.",
).requiredOption("--rate <records>", "records a second, or none");

function orderCommand(name: JobOrder["order"], description: string): Command {
  const example =
    name === "throttle"
      ? `throttle PLAN --rate 200 --reason 'the gateway is slow'`
      : `${name} PLAN --reason INC-12`;
  return withJson(withReason(deskCommand(name, description).argument("<plan>", "the plan it carries out")))
    .addHelpText(
      "after",
      `
JSON: the job, as jobs show prints it.

Examples:
  $ npx boxoffice jobs ${example}

Exit codes: 0 ordered; 1 it has ended, there is no such job, or you said no; 2 usage or configuration; 3 Kafka or the
            console can't be reached`,
    )
    .action((plan: string, options: Options) => withDesk(options, (at) => give(name, plan, options, at)));
}

async function give(name: JobOrder["order"], plan: string, options: Options, at: AtDesk): Promise<void> {
  const order = await orderOf(name, options);
  // Only this one can't be taken back.
  if (name === "cancel" && !(await confirm(`Cancel the replay of ${plan}?`, options.yes ?? false))) {
    process.stderr.write("Nothing was done.\n");
    process.exitCode = 1;
    return;
  }
  const job = await at.run((call) => at.desk.control(plan, order, call));
  await print(options, { json: job, text: () => jobText(job, Date.now(), at.suffix) });
}

async function orderOf(name: JobOrder["order"], options: Options): Promise<JobOrder> {
  const rate = name === "throttle" ? cap(options.rate) : undefined;
  const reason = await reasonFor(options.reason, `${name} a replay`);
  return name === "throttle" ? { order: name, rate, reason } : { order: name, reason };
}

function cap(rate: string | undefined): number | undefined {
  if (rate === undefined)
    throw new UsageError("Cannot throttle without --rate: write records a second, or none");
  return rate === "none" ? undefined : rateOf("--rate", rate);
}
