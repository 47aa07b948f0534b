import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { stringify } from "yaml";
import { asWritten, hurried } from "../../../scripts/monitoring/pace.ts";
import { type RuleGroups, ruleGroups } from "../../../scripts/monitoring/rules.ts";
import { workerNames } from "../../../workers/all.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { backlogCases } from "./cases/backlog.ts";
import type { Case } from "./cases/case.ts";
import { deadLetterCases } from "./cases/dead-letters.ts";
import { outageCases } from "./cases/outages.ts";
import { serviceCases } from "./cases/service.ts";
import { workerCases } from "./cases/workers.ts";
import { knownMetrics, strangers } from "./known-metrics.ts";

const run = promisify(execFile);
const CASES: readonly Case[] = [
  ...serviceCases,
  ...workerCases,
  ...outageCases,
  ...backlogCases,
  ...deadLetterCases,
];
const groups = ruleGroups({ workers: workerNames() });
const alerts = alertsOf(groups);

t.test("ruleGroups() gives each alert words, a severity and a runbook", async (t) => {
  t.ok(alerts.length > 15);
  for (const { alert, labels, annotations } of alerts) {
    t.match(alert, /^Boxoffice[A-Z]/);
    t.ok(["critical", "warning"].includes(labels.severity ?? ""), alert);
    t.match(annotations.runbook_url, /^https:\/\/boxoffice\.example\/runbooks\/[a-z-]+\.md$/);
    t.ok(annotations.summary.length <= 120, `${alert}: a pager shows one line`);
    t.match(annotations.description, /\.$/, alert);
    t.match(`${annotations.summary}${annotations.description}`, /\$(value|labels)/, alert);
  }
});

t.test("ruleGroups() asks for metrics and labels that exist", async (t) => {
  const known = await knownMetrics(groups);
  for (const { expr } of groups.groups.flatMap(({ rules }) => rules))
    t.same(strangers(expr, known), [], expr);
  t.same(strangers('sum by (wroker) (boxoffice_lag{topik="x"}) + boxoffice_lga', known), [
    "boxoffice_lag has no label 'topik'",
    "no metric 'boxoffice_lga'",
    "no metric of it has a label 'wroker'",
  ]);
});

t.test("hurried() changes times and nothing else", async (t) => {
  t.equal(asWritten.span(90), "90s");
  t.equal(asWritten.span(3_600), "1h");
  t.equal(hurried(60).span(900), "15s");
  t.equal(hurried(60).span(60), "5s", "never too short for a rate");
  const pace = hurried(60);
  const fast = alertsOf(ruleGroups({ workers: workerNames(), pace }));
  t.same(
    fast.map((each) => [each.alert, each.labels, each.annotations]),
    alerts.map((each) => [each.alert, each.labels, each.annotations]),
  );
  const timeless = (expr: string) => expr.replace(/\[\w+\]|(?<=seconds\) > )\d+/g, "");
  t.same(
    fast.map(({ expr }) => timeless(expr)),
    alerts.map(({ expr }) => timeless(expr)),
  );
});

t.test("every alert has a case in which it rings and one in which it doesn't", async (t) => {
  for (const { alert, labels } of alerts) {
    const own = CASES.filter(
      (each) => `Boxoffice${each.alert}` === alert && each.severity === labels.severity,
    );
    t.ok(own.some(({ rings }) => rings) && own.some(({ rings }) => !rings), `${alert} ${labels.severity}`);
  }
});

const promtool = findTool("promtool");
if (promtool === undefined)
  leaveOut(t, "alert rules by promtool", "promtool is missing: apt-get install prometheus");
else {
  t.test("promtool finds nothing wrong with the rules", async (t) => {
    const file = await written(t.testdir(), "rules.yaml", groups);
    t.match((await run(promtool, ["check", "rules", file])).stdout, /SUCCESS/);
  });

  t.test("each alert rings as its cases say, by promtool", async (t) => {
    const folder = t.testdir();
    const rules = await written(folder, "rules.yaml", groups);
    const tests = { rule_files: [rules], evaluation_interval: "1m", tests: CASES.map(testOf) };
    await passes(t, await written(folder, "tests.yaml", tests));
    for (const each of [CASES[0], CASES.find(({ rings }) => !rings)]) {
      if (each === undefined) continue;
      const wrong = { ...tests, tests: [testOf({ ...each, rings: !each.rings })] };
      await t.rejects(
        run(promtool, ["test", "rules", await written(folder, "wrong.yaml", wrong)]),
        each.what,
      );
    }
  });
}

/** One test of promtool: whether the alert fires at the end of the case's story. */
function testOf({ alert, what, severity, series, atMinute, rings }: Case) {
  const fired = `count(ALERTS{alertname="Boxoffice${alert}", severity="${severity}", alertstate="firing"}) or vector(0)`;
  return {
    name: `${alert}: ${what}`,
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `(${fired}) > bool 0`,
        eval_time: `${atMinute}m`,
        exp_samples: [{ labels: "{}", value: rings ? 1 : 0 }],
      },
    ],
  };
}

async function passes(t: Test, file: string): Promise<void> {
  try {
    t.match((await run(promtool ?? "", ["test", "rules", file])).stdout, /SUCCESS/);
  } catch (error) {
    t.fail(String(error), { said: error });
  }
}

async function written(folder: string, name: string, content: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, stringify(content, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return file;
}

function alertsOf({ groups }: RuleGroups) {
  return groups.flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [rule] : [])));
}
