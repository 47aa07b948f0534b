import { tableOf } from "../table.ts";
import type { AppliedTopic } from "./apply.ts";
import type { PlannedTopic } from "./plan.ts";

/** What isn't as declared, for people; a line when everything is. */
export function planTable(plan: readonly PlannedTopic[]): string {
  const same = plan.filter((topic) => topic.action === "same").length;
  const rest = plan.filter((topic) => topic.action !== "same");
  const summary = `${same} of ${same + rest.filter((topic) => topic.declared).length} declared topics are as declared.\n`;
  if (rest.length === 0) return summary;
  return `${tableOf(
    ["topic", "action", "what"],
    rest.map((topic) => [topic.name, topic.action, what(topic)]),
  )}${summary}`;
}

function what({ action, declared, differences, worker }: PlannedTopic): string {
  if (action === "create" && declared !== undefined) {
    const config = Object.entries(declared.config).map(([key, value]) => `${key}=${value}`);
    return [`partitions=${declared.partitions}`, ...config].join("\n");
  }
  if (action === "retiring") return `not declared any more; '${worker}' reads it until drained`;
  if (action === "unknown") return "nothing declares it";
  return differences
    .map(({ key, actual, declared }) => `${key}: ${actual ?? "unset"} -> ${declared}`)
    .join("\n");
}

export function appliedTable(results: readonly AppliedTopic[]): string {
  if (results.length === 0) return "Nothing to do: every declared topic is as declared.\n";
  return tableOf(
    ["topic", "result", "why"],
    results.map(({ name, result, why }) => [name, result, why ?? ""]),
  );
}

/** As JSON without the declaration it came from, whose parts are told by themselves. */
export function planJson(plan: readonly PlannedTopic[]): unknown {
  return plan.map(({ declared, ...topic }) => ({
    ...topic,
    partitions: declared?.partitions ?? null,
    config: declared?.config ?? null,
  }));
}
