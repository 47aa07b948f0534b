import type { AuditEntry, AuditWish } from "../../workers/_letters/mod.ts";
import { moment } from "../desk/age.ts";
import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { fitTable } from "../desk/fit-table.ts";
import { parseMoment } from "../desk/moment.ts";
import { wholeNumber } from "../desk/numbers.ts";
import { print } from "../desk/print.ts";
import { cut } from "../desk/printable.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";

interface Options extends DeskOptions, JsonOptions {
  readonly since?: string;
  readonly until?: string;
  readonly by?: string;
  readonly plan?: string;
  readonly letter?: string;
  readonly limit?: string;
}

export const audit = withJson(
  deskCommand("audit", "Who did what with dead letters, and why, newest first. Kept for ever.")
    .option("--since <time>", "at or after: 2h (ago), today, 2026-11-24T03:00Z")
    .option("--until <time>", "before")
    .option("--by <who>", "of this operator")
    .option("--plan <plan>", "about this plan")
    .option("--letter <letter>", "about this letter")
    .option("--limit <count>", "at most this many (default: 1000)"),
  { lines: true },
)
  .addHelpText(
    "after",
    `
JSON: a list of { time, by, action, reason, plan, letters, letter, text }; action is one of plan, replay, pause,
resume, throttle, cancel, edit, discard, restore, import, look. --ndjson: one entry a line.

Examples:
  $ npx boxoffice dlq audit --since today
  $ npx boxoffice dlq audit --plan 20261124-031205417-k7f3m --json

Exit codes: 0 shown, none included; 1 stopped; 2 usage or configuration; 3 Kafka or the console can't be reached`,
  )
  .action((options: Options) =>
    withDesk(options, async ({ desk, run }) => {
      const wish = wishOf(options, Date.now());
      const entries = await run((call) => desk.audit(wish, call));
      await print(options, { json: entries, rows: entries, text: () => auditText(entries) });
    }),
  );

function wishOf({ since, until, by, plan, letter, limit }: Options, now: number): AuditWish {
  return {
    ...(since !== undefined && { since: parseMoment("--since", since, now) }),
    ...(until !== undefined && { until: parseMoment("--until", until, now) }),
    ...(by !== undefined && { by }),
    ...(plan !== undefined && { plan }),
    ...(letter !== undefined && { letter }),
    ...(limit !== undefined && { limit: wholeNumber("--limit", limit, 1) }),
  };
}

export function auditText(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return "Nothing was done\n";
  return fitTable(
    ["when", "who", "what", "on what, why"],
    entries.map(({ time, by, action, letters, letter, plan, reason, text }) => [
      moment(time),
      cut(by, 24),
      letters === undefined ? action : `${action}\n${letters}`,
      [plan ?? letter ?? "", reason, text ?? ""].filter((each) => each !== "").join("\n"),
    ]),
  );
}
