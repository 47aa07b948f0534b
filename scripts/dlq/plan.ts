import type { PlanWish } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { reasonFor } from "../desk/ask.ts";
import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { FILTER_HELP, withFilter } from "../desk/filter-options.ts";
import { type FilterOptions, filterOf } from "../desk/filter-values.ts";
import { lettersOf } from "../desk/letters.ts";
import { rateOf, wholeNumber } from "../desk/numbers.ts";
import { print } from "../desk/print.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { planText } from "./plan-text.ts";

export interface Options extends DeskOptions, FilterOptions, JsonOptions {
  readonly to?: string;
  readonly attemptCap?: string;
  readonly limit?: string;
  readonly skipOrderCheck?: true;
  readonly rate?: string;
  readonly reason?: string;
}

export const plan = withJson(
  withFilter(
    deskCommand(
      "plan",
      "Freezes the open letters that match and says what a replay of them would do. Sends nothing; what dies later is " +
        "not in it.",
    ).argument("[letters...]", "these only, as list names them"),
  )
    .option(
      "--to <where>",
      "worker: its own replay topic; source: the source topic, for every group",
      "worker",
    )
    .option("--attempt-cap <count>", "leave out what was replayed this often before (default: 5)")
    .option("--limit <count>", "at most this many, oldest first")
    .option("--skip-order-check", "don't look for newer events of the keys, which reads the source log")
    .option("--rate <records>", "records a second that the replay will be given, for the expected duration")
    .option("--reason <text>", "why, for the audit trail; asked for at a terminal"),
)
  .addHelpText(
    "after",
    `${FILTER_HELP}

JSON: { plan, by, reason, time, filter, to, attemptCap, letters, targets: [{ dlq, worker, to, letters, partitions,
otherGroups }], capped, notOpen, replayedBefore, edited, undecodable: [{ reason, letters, sample }], overtaken:
{ letters, unknown, samples } or "not checked", expiring, bytes, expectedMs }

Examples:
  $ npx boxoffice dlq plan --fingerprint 5d1e --reason 'the gateway is back, INC-12'
  $ npx boxoffice dlq plan --worker payment --since today --rate 500 --json --reason INC-12 | jq -r .plan
  $ npx boxoffice dlq plan reservations.payment.dlq-3-1412 --reason 'one first'

Exit codes: 0 a plan was kept; 1 nothing matches; 2 usage or configuration; 3 Kafka or the console can't be reached`,
  )
  .action((letters: readonly string[], options: Options) =>
    withDesk(options, async ({ desk, run, suffix }) => {
      const now = Date.now();
      const wish = await wishOf(letters, options, now);
      const made = await run((call) => desk.plan(wish, call));
      await print(options, { json: made, text: () => planText(made, now, suffix) });
      if (made.letters === 0) process.exitCode = 1;
    }),
  );

async function wishOf(letters: readonly string[], options: Options, now: number): Promise<PlanWish> {
  const { to = "worker", attemptCap, limit, rate, skipOrderCheck } = options;
  if (to !== "worker" && to !== "source")
    throw new UsageError(`Cannot replay --to '${to}': write worker or source`);
  const named = lettersOf(letters);
  return {
    filter: { ...filterOf(options, now), ...(named.length > 0 && { letters: named }) },
    to,
    ...(attemptCap !== undefined && { attemptCap: wholeNumber("--attempt-cap", attemptCap, 1) }),
    ...(limit !== undefined && { limit: wholeNumber("--limit", limit, 1) }),
    ...(rate !== undefined && { rate: rateOf("--rate", rate) }),
    ...(skipOrderCheck && { skipOrderCheck }),
    reason: await reasonFor(options.reason, "plan a replay"),
  };
}
