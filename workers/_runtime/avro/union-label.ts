import { simpleName } from "./names.ts";
import type { Node, Union } from "./node.ts";

/**
 * What tells the records of a union apart in a decoded value: the property `type`, the record's simple name, its full
 * name where two share the simple one. Always there, so that the shape stays when a union grows. A record with a field
 * `type` of its own keeps that and has none.
 */
export function recordLabels({ branches }: Union): ReadonlyMap<Node, string> {
  const labels = new Map<Node, string>();
  const records = branches.filter((branch) => branch.kind === "record");
  for (const branch of records) {
    if (branch.fields.some(({ name }) => name === "type")) continue;
    const simple = simpleName(branch.name);
    const shared = records.some((other) => other !== branch && simpleName(other.name) === simple);
    labels.set(branch, shared ? branch.name : simple);
  }
  return labels;
}
