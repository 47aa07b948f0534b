import type { Group, Groups } from "../../workers/_letters/mod.ts";
import { age, span } from "../desk/age.ts";
import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { FILTER_HELP, withFilter } from "../desk/filter-options.ts";
import { type FilterOptions, filterOf } from "../desk/filter-values.ts";
import { fitTable } from "../desk/fit-table.ts";
import { print } from "../desk/print.ts";
import { sparkline } from "../desk/sparkline.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";

interface Options extends DeskOptions, FilterOptions, JsonOptions {
  readonly all?: true;
}

export const groups = withJson(
  withFilter(
    deskCommand(
      "groups",
      "Dead letters by worker and fingerprint (error class, stage, first own frame), most open ones first.",
    ).option("--all", "groups of which nothing is open or under way, too"),
    { outcome: true },
  ),
  { lines: true },
)
  .addHelpText(
    "after",
    `${FILTER_HELP}
The trend shows when the open letters died; "oldest" is the oldest open letter's age, and what its DLQ keeps.

JSON: { groups: [{ worker, fingerprint, topics, stage, error, reason, open, replaying, processed, deadAgain,
discarded, sentToSource, firstSeen, lastSeen, trend, trendFrom, trendUntil, oldestAge, retention, sample }],
letters, scanned }; --ndjson: one group a line. Times in epoch ms, spans in ms.

Examples:
  $ npx boxoffice dlq groups
  $ npx boxoffice dlq groups --worker payment --since 2h
  $ npx boxoffice dlq groups --json | jq '.groups[] | select(.open > 1000) | .fingerprint'

Exit codes: 0 shown, none included; 1 stopped; 2 usage or configuration; 3 Kafka or the console can't be reached`,
  )
  .action((options: Options) =>
    withDesk(options, async ({ desk, run }) => {
      const now = Date.now();
      // What a group's letters came to is half of what one wants to know of it: asked for unless told otherwise.
      const found = await run((call) => desk.groups({ outcomes: "all", ...filterOf(options, now) }, call));
      const all = options.all || options.outcome !== undefined;
      const shown = all ? found.groups : found.groups.filter(isStanding);
      await print(options, {
        json: { ...found, groups: shown },
        rows: shown,
        text: () => groupsText(found, shown, now),
      });
    }),
  );

/** Whether something of it still waits for an end. */
function isStanding(group: Group): boolean {
  return group.open > 0 || group.replaying > 0;
}

export function groupsText(found: Groups, shown: readonly Group[], now: number): string {
  const hidden = found.groups.length - shown.length;
  const tail = hidden === 0 ? "" : `${hidden} more groups with nothing open: --all shows them\n`;
  if (shown.length === 0) return `No dead letters (${found.scanned} looked at)\n${tail}`;
  const open = shown.reduce((sum, group) => sum + group.open, 0);
  const table = fitTable(
    ["worker, fingerprint", "letters", "seen, trend", "oldest", "what"],
    shown.map((group) => [
      `${group.worker}\n${group.fingerprint}`,
      countsOf(group),
      `${age(group.firstSeen, now)} – ${age(group.lastSeen, now)} ago\n${sparkline(group.trend)}`,
      oldestOf(group),
      `${group.stage}: ${group.error}\n${group.reason}`,
    ]),
  );
  return `${table}${open} open in ${shown.length} groups; ${found.scanned} letters looked at\n${tail}`;
}

function countsOf(group: Group): string {
  const counts: readonly (readonly [number, string])[] = [
    [group.open, "open"],
    [group.replaying, "replaying"],
    [group.processed, "processed"],
    [group.deadAgain, "dead again"],
    [group.sentToSource, "to source"],
    [group.discarded, "discarded"],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join("\n");
}

function oldestOf({ oldestAge, retention }: Group): string {
  if (oldestAge === undefined) return "";
  return `${span(oldestAge)}\n${retention === undefined ? "kept" : `of ${span(retention)}`}`;
}
