import { describeLogical } from "../spec/describe.ts";
import { type Logical, type Node, spotOf } from "../spec/node.ts";
import type { MeaningRule } from "./meaning-rule.ts";

/** The specification compares the bytes only: 12.34 of scale 2 is read as 0.1234 with scale 4, without an error. */
export const decimalChanged: MeaningRule = {
  id: "decimal-changed",
  category: "meaning",
  severity: "error",
  title: "A decimal has another scale or precision",
  find(pair) {
    if (pair.of !== "type") return [];
    const [now, before] = [decimalOf(pair.now.node), decimalOf(pair.before.node)];
    if (now === undefined || before === undefined) return [];
    const scale = now.scale !== before.scale;
    const precision = now.precision !== before.precision;
    if (!scale && !precision) return [];
    const attribute = scale ? "scale" : "precision";
    return [
      {
        at: spotOf(pair.now.node, attribute),
        against: spotOf(pair.before.node, attribute),
        what: `${attribute} of decimal '${pair.path}' was changed`,
        from: describeLogical(before),
        to: describeLogical(now),
        who: scale
          ? ["every reader takes values of the other version for others, by powers of ten, without an error"]
          : ["readers with the smaller precision refuse or cut off values of the other version"],
        fix: "keep scale and precision; for others add a field beside it, with a default",
      },
    ];
  },
};

function decimalOf(node: Node): Logical | undefined {
  return (node.kind === "bytes" || node.kind === "fixed") && node.logical?.type === "decimal"
    ? node.logical
    : undefined;
}
