import { simpleName } from "./names.ts";
import type { Node, Union } from "./node.ts";

/**
 * What tells the records of a union apart in a decoded value: the property `type`, the record's simple name, its full
 * name where two share the simple one. Always there, so that the shape stays when a union grows. A record with a field
 * `type` of its own keeps that and has none.
 */
export function recordLabels(union: Union): ReadonlyMap<Node, string> {
  const known = KNOWN.get(union);
  if (known !== undefined) return known;
  const labels = new Map<Node, string>();
  const records = union.branches.filter((branch) => branch.kind === "record");
  const sharing = new Map<string, number>();
  for (const { name } of records) sharing.set(simpleName(name), (sharing.get(simpleName(name)) ?? 0) + 1);
  for (const branch of records) {
    if (branch.fields.some(({ name }) => name === "type")) continue;
    const simple = simpleName(branch.name);
    labels.set(branch, sharing.get(simple) === 1 ? simple : branch.name);
  }
  KNOWN.set(union, labels);
  return labels;
}

// Asked for once a branch: a foreign schema may have thousands.
const KNOWN = new WeakMap<Union, ReadonlyMap<Node, string>>();
