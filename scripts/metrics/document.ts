import { type DeclaredMetric, metricName } from "../../workers/_runtime/mod.ts";
import type { MetricGroup } from "./catalogue.ts";

const HEAD = `# Metrics

Every metric of ours, from the declarations that register it: written by \`npx boxoffice metrics\`, do not edit. A worker
shows them at \`/metrics\` on its health port (\`HEALTH_PORT\`), each series with the label \`worker\`. Counters start at 0
with the process, gauges are set about once a second if nothing else is said, histograms have their \`_bucket\`, \`_sum\` and
\`_count\`. A label's bound is what keeps the number of series finite: none holds a key, an id or a path.
`;

const TAIL = `## Node's own

Every worker also has prom-client's default metrics: \`process_*\` (CPU seconds, resident memory, open files, start time) and
\`nodejs_*\` (event loop lag with its percentiles, garbage collection by kind, heap by space, active handles, version).
`;

/** The text of `docs/metrics.md`. */
export function metricsDocument(groups: readonly MetricGroup[]): string {
  return [HEAD, ...groups.map(section), TAIL].join("\n");
}

function section({ title, metrics, workers }: MetricGroup): string {
  const rows = Object.values(metrics).map(row);
  return [
    `## ${title}`,
    "",
    `Workers: ${workers.join(", ")}.`,
    "",
    "| Metric | Type | Unit | Labels | Meaning |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function row({ type, metric }: DeclaredMetric): string {
  const { unit, labels = {}, help } = metric;
  const bounds = Object.entries(labels).map(([label, bound]) => `\`${label}\`: ${bound}`);
  const cells = [`\`${metricName(metric)}\``, type, unit, bounds.join("<br>"), help];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
