import { Refused } from "../../workers/_letters/failures.ts";
import type { Plan, ReplayWish } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { confirm } from "../confirm.ts";
import { deskCommand, type JsonOptions, withJson, withReason } from "../desk/command.ts";
import { listed } from "../desk/filter-options.ts";
import { rateOf, shareOf, wholeNumber } from "../desk/numbers.ts";
import { print } from "../desk/print.ts";
import { printable } from "../desk/printable.ts";
import { type AtDesk, type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { endOf, JOB_JSON, jobText } from "../jobs/job-text.ts";
import { watchJob } from "../jobs/watch-job.ts";
import { question } from "../question.ts";

interface Options extends DeskOptions, JsonOptions {
  readonly plan: string;
  readonly canary?: string;
  readonly rate?: string;
  /** commander's `--no-pace`. */
  readonly pace: boolean;
  readonly stopOnFailureShare?: string;
  readonly otherGroups?: readonly string[];
  readonly detach?: true;
  readonly wait?: true;
  readonly reason?: string;
  readonly yes?: true;
}

export const replay = withJson(
  withReason(
    deskCommand(
      "replay",
      "Puts the letters of a plan back to work, and watches until every one has an outcome: sent is not processed. " +
        "Said again, it shows the job that runs, or goes on with one that lost its queue.",
    )
      .requiredOption("--plan <plan>", "as plan named it")
      .option("--canary <count>", "send this many first, and the rest once they are processed")
      .option("--rate <records>", "at most this many records a second")
      .option("--no-pace", "don't slow down for the workers' lag")
      .option("--stop-on-failure-share <share>", "stop when more of the ended ones are dead again: 0.05, 5%")
      .option(
        "--other-groups <groups>",
        "to the source: the groups that will see the records, agreed to",
        listed,
      )
      .option("--wait", "watch until it has ended (this is the default)")
      .option("--detach", "only start it"),
  ),
)
  .addHelpText(
    "after",
    `
Without --reason the plan's counts. Ctrl-C stops watching, not the job: jobs pause and jobs cancel do that.

${JOB_JSON}
It is the job as it ended, or with --detach as it began.

Examples:
  $ npx boxoffice dlq replay --plan 20261124-031205417-k7f3m --canary 10
  $ npx boxoffice dlq replay --plan 20261124-031205417-k7f3m --rate 500 --stop-on-failure-share 5% --yes
  $ npx boxoffice dlq replay --plan 20261124-031205417-k7f3m --detach --yes

Exit codes: 0 every letter is processed or sent to the source (--detach: it is started); 1 some are dead again or
            skipped, it was stopped or cancelled, you said no or stopped watching; 2 usage or configuration;
            3 Kafka, Redis or the console can't be reached`,
  )
  .action((options: Options) => withDesk(options, (at) => replayPlan(options, at)));

async function replayPlan(options: Options, at: AtDesk): Promise<void> {
  const { desk, run, suffix } = at;
  const limits = limitsOf(options);
  const plan = await run((call) => desk.planOf(options.plan, call));
  const otherGroups = await agreedGroups(plan, options);
  const wish: ReplayWish = {
    ...limits,
    reason: options.reason?.trim() || plan.reason,
    ...(otherGroups.length > 0 && { otherGroups }),
  };
  if (!(await confirm(`Replay ${plan.letters} letters to ${placesOf(plan)}?`, options.yes ?? false))) {
    process.stderr.write("Nothing was sent.\n");
    process.exitCode = 1;
    return;
  }
  const { job, started } = await run((call) => desk.replay(plan.plan, wish, call));
  const told = started
    ? `Started.`
    : `This plan has a job already, by ${printable(job.by)}: nothing was started anew.`;
  process.stderr.write(
    `${told} Leave with Ctrl-C: it goes on (npx boxoffice jobs watch ${plan.plan}${suffix})\n`,
  );
  const ended = options.detach ? job : await watchJob(at, plan.plan);
  await print(options, { json: ended, text: () => jobText(ended, Date.now(), suffix) });
  if (!options.detach) process.exitCode = endOf(ended);
}

function limitsOf(options: Options): Omit<ReplayWish, "reason"> {
  const { canary, rate, stopOnFailureShare: share } = options;
  if (options.wait && options.detach)
    throw new UsageError("Cannot --wait and --detach at once: say one of them");
  return {
    ...(canary !== undefined && { canary: wholeNumber("--canary", canary, 1) }),
    ...(rate !== undefined && { rate: rateOf("--rate", rate) }),
    ...(share !== undefined && { stopOnFailureShare: shareOf("--stop-on-failure-share", share) }),
    ...(!options.pace && { pace: false }),
  };
}

/**
 * To the source topic every group sees the records again: each is to be named by whoever wants that.
 * @throws {Refused} not-agreed, when one isn't
 */
async function agreedGroups(plan: Plan, { otherGroups, plan: name }: Options): Promise<readonly string[]> {
  const seeing = [...new Set(plan.targets.flatMap((target) => target.otherGroups))].toSorted();
  if (plan.to !== "source") {
    if (otherGroups !== undefined)
      throw new UsageError(
        `Cannot use --other-groups as plan '${name}' goes to the worker's own replay topic: no other group sees it`,
      );
    return [];
  }
  let agreed = otherGroups;
  if (agreed === undefined && seeing.length > 0 && process.stdin.isTTY) {
    process.stderr.write(`These groups would see every record again: ${seeing.join(", ")}\n`);
    agreed = listed(await question("Name those that may (all of them, comma separated): "));
  }
  const missing = seeing.filter((group) => !agreed?.includes(group));
  if (missing.length > 0)
    throw new Refused(
      "not-agreed",
      `Cannot replay '${name}' to the source topic as other groups would see its records again, and not all are agreed to: name them with --other-groups ${seeing.join(",")}`,
      missing,
    );
  return agreed ?? [];
}

function placesOf(plan: Plan): string {
  return plan.targets.map(({ to }) => to).join(", ");
}
