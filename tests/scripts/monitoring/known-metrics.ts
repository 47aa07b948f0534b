import { parser } from "@prometheus-io/lezer-promql";
import { metricRows } from "../../../scripts/metrics.ts";
import type { RuleGroups } from "../../../scripts/monitoring/rules.ts";
import { createMetrics } from "../../../workers/_runtime/metrics.ts";

/** Labels by metric, as `/metrics` and Prometheus between them give. */
export type Known = ReadonlyMap<string, ReadonlySet<string>>;

/** By Prometheus: whom it asked; by our registries: which worker it is. */
const BY_PROMETHEUS = ["job", "instance"];
const EVERYWHERE = [...BY_PROMETHEUS, "worker"];

/** Every metric there is: ours and Node's from the code that registers them, Prometheus' own, what rules record. */
export async function knownMetrics({ groups }: RuleGroups): Promise<Known> {
  const known = new Map<string, ReadonlySet<string>>();
  for (const { name, type, labels } of await metricRows()) {
    const own = new Set([...Object.keys(labels), ...EVERYWHERE]);
    if (type !== "histogram") known.set(name, own);
    else for (const part of ["_bucket", "_sum", "_count"]) known.set(name + part, new Set([...own, "le"]));
  }
  for (const { name } of await createMetrics({ worker: "any" }).registry.getMetricsAsJSON())
    if (!name.startsWith("boxoffice_")) known.set(name, new Set(EVERYWHERE));
  known.set("up", new Set(BY_PROMETHEUS));
  known.set("ALERTS", new Set(["alertname", "alertstate", "severity", ...EVERYWHERE]));
  for (const rule of groups.flatMap(({ rules }) => rules))
    if ("record" in rule) known.set(rule.record, new Set(["worker"]));
  return known;
}

/** What an expression asks for and nobody has, or that it can't be parsed. */
export function strangers(expr: string, known: Known): string[] {
  const wrong: string[] = [];
  const labels = new Set<string>();
  const grouped: string[] = [];
  let metric = "";
  parser.parse(expr).iterate({
    enter({ name, from, to, type, node }) {
      const text = expr.slice(from, to);
      if (type.isError) wrong.push(`can't be read at '${expr.slice(from)}'`);
      if (name === "Identifier" && node.parent?.name === "VectorSelector") {
        metric = text;
        if (!known.has(text)) wrong.push(`no metric '${text}'`);
        for (const label of known.get(text) ?? []) labels.add(label);
      }
      if (name !== "LabelName") return;
      if (node.parent?.name === "GroupingLabels") grouped.push(text);
      else if (known.has(metric) && !known.get(metric)?.has(text))
        wrong.push(`${metric} has no label '${text}'`);
    },
  });
  for (const label of grouped) if (!labels.has(label)) wrong.push(`no metric of it has a label '${label}'`);
  return wrong;
}
