import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { stringify } from "yaml";
import { runbookOf } from "../../../scripts/monitoring/alert.ts";
import { DASHBOARDS, dashboardFiles } from "../../../scripts/monitoring/dashboards/all.ts";
import type { dashboardJson } from "../../../scripts/monitoring/dashboards/dashboard.ts";
import type { Panel } from "../../../scripts/monitoring/dashboards/panel.ts";
import { asWritten } from "../../../scripts/monitoring/pace.ts";
import { alertGroups, ruleGroups } from "../../../scripts/monitoring/rules.ts";
import { workerNames } from "../../../workers/all.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { knownMetrics, strangers } from "./known-metrics.ts";
import { panelQueries } from "./panel-queries.ts";

const run = promisify(execFile);
const files = dashboardFiles();
const queries = [...files.values()].flatMap(panelQueries);
const panels: readonly Panel[] = [...DASHBOARDS.values()].flatMap(({ sections }) =>
  sections.flatMap((section) => section.panels),
);

t.test("each panel asks a question, has a unit, and asks for metrics and labels that exist", async (t) => {
  t.ok(queries.length > 50);
  const known = await knownMetrics(ruleGroups({ workers: workerNames() }));
  for (const { title, expr } of queries) t.same(strangers(expr, known), [], `${title} ${expr}`);
  for (const { title, unit } of panels) {
    t.match(title, /^[A-Z].*\?$/);
    t.ok(unit, title);
  }
});

t.test("each of our metrics is on a panel or in a rule", async (t) => {
  const shown = [
    ...queries.map(({ expr }) => expr),
    ...ruleGroups({ workers: workerNames() }).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ].join("\n");
  for (const name of (await knownMetrics({ groups: [] })).keys()) {
    if (!name.startsWith("boxoffice_") || /_(sum|count)$/.test(name)) continue;
    t.ok(new RegExp(`\\b${name}\\b`).test(shown), name);
  }
});

t.test("each alert has a panel that shows its cause, and each panel's alert exists", async (t) => {
  const alerts = new Set([...alertGroups(asWritten, workerNames()).values()].flat().map(({ name }) => name));
  const shown = new Set(panels.flatMap(({ alert }) => (alert === undefined ? [] : [alert])));
  for (const alert of shown) t.ok(alerts.has(alert), alert);
  // Its share of retention is on the panel of DeadLetterExpiring; a process that is gone shows in the count of them.
  const same = ["DeadLetterAging", "WorkerDown"];
  t.same([...alerts].filter((alert) => !shown.has(alert)).sort(), same);
});

t.test(
  "dashboardJson() places panels side by side, none over another, links runbooks and the console",
  async (t) => {
    for (const each of DASHBOARDS.values()) {
      const json: Pick<ReturnType<typeof dashboardJson>, "uid" | "links" | "panels"> = JSON.parse(
        files.get(each.name) ?? "",
      );
      t.equal(json.uid, `boxoffice-${each.name}`);
      t.match(json.links, [{ tags: ["boxoffice"] }, { url: "$console" }, { url: "$runbooks" }]);
      const taken = new Set<string>();
      const ids = new Set<number>();
      const overlaps: string[] = [];
      // As `placed.ts` makes them.
      for (const panel of json.panels as {
        id: number;
        gridPos: Record<"x" | "y" | "w" | "h", number>;
        links?: { url: string }[];
      }[]) {
        ids.add(panel.id);
        const { x, y, w, h } = panel.gridPos;
        t.ok(x + w <= 24);
        for (let at = 0; at < w * h; at++) {
          const cell = `${x + (at % w)} ${y + Math.floor(at / w)}`;
          if (taken.has(cell)) overlaps.push(`${panel.id} at ${cell}`);
          taken.add(cell);
        }
        for (const { url } of panel.links ?? []) t.match(url, /^\$runbooks\/[a-z-]+\.md$/);
      }
      t.same(overlaps, []);
      t.equal(ids.size, json.panels.length);
    }
  },
);

t.test("runbookOf() names the page", async (t) => {
  t.equal(runbookOf("BreakerOpen"), "breaker-open");
  t.equal(runbookOf("RebalancesWithoutEnd"), "rebalances-without-end");
});

const promtool = findTool("promtool");
if (promtool === undefined)
  leaveOut(t, "panels' queries by promtool", "promtool is missing: apt-get install prometheus");
else
  t.test("promtool parses each panel's query", async (t) => {
    const file = join(t.testdir(), "panels.yaml");
    const rules = queries.map(({ expr }, i) => ({ record: `panel:${i}`, expr }));
    await writeFile(file, stringify({ groups: [{ name: "panels", rules }] }));
    t.match((await run(promtool, ["check", "rules", file])).stdout, `SUCCESS: ${queries.length} rules found`);
  });
