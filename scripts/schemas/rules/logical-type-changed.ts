import { promotes } from "../spec/match.ts";
import { type Node, spotOf } from "../spec/node.ts";
import type { MeaningRule } from "./meaning-rule.ts";

/** The specification compares the underlying types only: micros are read as millis, fifty thousand years off. */
export const logicalTypeChanged: MeaningRule = {
  id: "logical-type-changed",
  category: "meaning",
  severity: "error",
  title: "A unit or another logical type was changed, added or removed",
  find(pair) {
    if (pair.of !== "type") return [];
    const { now, before, path } = pair;
    // Another underlying type altogether is the specification's to judge.
    const [one, other] = [now.node, before.node];
    if (one.kind !== other.kind && !promotes(one, other) && !promotes(other, one)) return [];
    const [to, from] = [logicalOf(one), logicalOf(other)];
    if (to === from) return [];
    return [
      {
        at: spotOf(one, "logicalType"),
        against: spotOf(other, "logicalType"),
        what: `logical type of '${path}' was changed`,
        from: from ?? `plain ${other.kind}`,
        to: to ?? `plain ${one.kind}`,
        who: ["every reader takes values of the other version for what they are not, without an error"],
        fix: "keep the logical type; for another one add a field beside it, with a default",
      },
    ];
  },
};

function logicalOf(node: Node): string | undefined {
  return "logical" in node ? node.logical?.type : undefined;
}
