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
    const [now, before] = [logicalOf(pair.now.node), logicalOf(pair.before.node)];
    // Another underlying type altogether is the specification's to judge.
    if (now === before || now === "none of it" || before === "none of it") return [];
    return [
      {
        at: spotOf(pair.now.node, "logicalType"),
        against: spotOf(pair.before.node, "logicalType"),
        what: `logical type of '${pair.path}' was changed`,
        from: before ?? `plain ${pair.before.node.kind}`,
        to: now ?? `plain ${pair.now.node.kind}`,
        who: ["every reader takes values of the other version for what they are not, without an error"],
        fix: "keep the logical type; for another one add a field beside it, with a default",
      },
    ];
  },
};

/** Of what may have a logical type at all. */
function logicalOf(node: Node): string | undefined {
  switch (node.kind) {
    case "array":
    case "map":
    case "record":
    case "enum":
    case "union":
      return "none of it";
    default:
      return node.logical?.type;
  }
}
