import type { Plan } from "../../workers/_letters/mod.ts";
import { age } from "../desk/age.ts";
import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { fitTable } from "../desk/fit-table.ts";
import { print } from "../desk/print.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { planText } from "./plan-text.ts";

interface Options extends DeskOptions, JsonOptions {}

export const plans = withJson(
  deskCommand("plans", "Plans that were made, newest first; or one of them again.").argument(
    "[plan]",
    "its name: prints it as plan did",
  ),
  { lines: true },
)
  .addHelpText(
    "after",
    `
JSON: a list of plans, as plan prints one; with a name that plan alone.

Examples:
  $ npx boxoffice dlq plans
  $ npx boxoffice dlq plans 20261124-031205417-k7f3m --json

Exit codes: 0 shown; 1 no such plan; 2 usage or configuration; 3 Kafka or the console can't be reached`,
  )
  .action((name: string | undefined, options: Options) =>
    withDesk(options, async ({ desk, run, suffix }) => {
      const now = Date.now();
      if (name !== undefined) {
        const one = await run((call) => desk.planOf(name, call));
        await print(options, { json: one, rows: [one], text: () => planText(one, now, suffix) });
        return;
      }
      const all = await run((call) => desk.plans(call));
      await print(options, { json: all, rows: all, text: () => plansText(all, now) });
    }),
  );

export function plansText(plans: readonly Plan[], now: number): string {
  if (plans.length === 0) return "No plans\n";
  return fitTable(
    ["plan", "made", "letters", "to", "by, why"],
    plans.map(({ plan, time, letters, to, by, reason }) => [
      plan,
      `${age(time, now)} ago`,
      letters,
      to,
      `${by}\n${reason}`,
    ]),
  );
}
