import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { metricGroups } from "../../scripts/metrics/catalogue.ts";
import { metricsDocument } from "../../scripts/metrics/document.ts";
import { DOCUMENT, metricRows, metricsText } from "../../scripts/metrics.ts";
import { gauge } from "../../workers/_runtime/mod.ts";
import { loadWorkers } from "../../workers/all.ts";
import { boxoffice } from "./boxoffice.ts";

const root = resolve(import.meta.dirname, "../..");

t.test("docs/metrics.md is what the declarations say: npx boxoffice metrics", async (t) => {
  t.equal(readFileSync(join(root, DOCUMENT), "utf8"), await metricsText());
});

t.test(
  "metricsDocument() names a metric with its labels' bounds, and its text can't leave its cell",
  async (t) => {
    const odd = gauge({ name: "odd", unit: "a | b", help: "Helps", labels: { topic: "one | two" } });
    const text = metricsDocument([{ title: "Some", metrics: { odd }, workers: ["w"] }]);
    t.match(
      text,
      "## Some\n\nWorkers: w.\n\n| Metric | Type | Unit | Labels | Meaning |\n|---|---|---|---|---|\n" +
        "| `boxoffice_odd` | gauge | a \\| b | `topic`: one \\| two | Helps |\n",
    );
  },
);

t.test("every metric follows Prometheus' conventions", async (t) => {
  const rows = await metricRows();
  t.ok(rows.length > 30);
  t.equal(new Set(rows.map(({ name }) => name)).size, rows.length, "each name once");
  for (const { name, type, unit, help, labels } of rows) {
    t.match(name, /^boxoffice_[a-z][a-z0-9]*(_[a-z0-9]+)*$/, name);
    t.equal(
      name.endsWith("_total"),
      type === "counter",
      `${name}: _total is for counters, and for nothing else`,
    );
    t.equal(name.endsWith("_seconds"), unit === "seconds", `${name}: a base unit stands at the end`);
    t.notMatch(name, /_(ms|milliseconds|minutes|hours|kb|mb|percent|count|sum|bucket)(_|$)/, name);
    t.match(help, /^[A-Z0-9].*[^.]$/, `${name}: help`);
    for (const [label, bound] of Object.entries(labels)) {
      t.match(label, /^[a-z][a-z_]*$/, `${name}: ${label}`);
      t.ok(
        !["worker", "le", "job", "instance", "quantile"].includes(label),
        `${name}: ${label} is another's`,
      );
      t.not(bound, "", `${name}: ${label}'s bound`);
    }
  }
});

t.test("each group of metrics names workers that there are", async (t) => {
  const workers = await loadWorkers();
  const names = workers.map(({ name }) => name);
  for (const group of metricGroups(workers)) {
    t.ok(group.workers.length > 0, group.title);
    t.same(
      group.workers.filter((name) => !names.includes(name)),
      [],
      group.title,
    );
  }
});

t.test(
  "boxoffice metrics --check answers 1 for a file that is stale or missing, and changes nothing",
  async (t) => {
    const folder = t.testdir({ "stale.md": "old\n" });
    const check = (file: string) => boxoffice(["metrics", "--check", "--output", join(folder, file)], {});
    for (const file of ["stale.md", "missing.md"]) {
      const { code, stderr } = await check(file);
      t.equal(code, 1, file);
      t.match(stderr, /run 'npx boxoffice metrics'/);
    }
    t.equal(readFileSync(join(folder, "stale.md"), "utf8"), "old\n");
    t.match(await boxoffice(["metrics", "--output", join(folder, "stale.md")], {}), { code: 0 });
    t.match(await check("stale.md"), { code: 0, stderr: /up to date/ });
    t.equal(readFileSync(join(folder, "stale.md"), "utf8"), await metricsText());
  },
);

t.test("boxoffice metrics --json tells programs the same", async (t) => {
  const { code, stdout } = await boxoffice(["metrics", "--json"], {});
  t.equal(code, 0);
  t.same(JSON.parse(stdout).metrics, await metricRows());
});
