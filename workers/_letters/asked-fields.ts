import type { ParseResult } from "@marcbachmann/cel-js";

/**
 * The fields that an expression reads directly of one variable: `amount` of `event.amount > 5`. Those whose presence
 * alone it asks, `has(event.amount)`, `event.?amount` and `event["amount"]`, are not among them: they may be missing.
 */
export function askedFields(tree: ParseResult["ast"], variable: string): ReadonlySet<string> {
  const fields = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) {
      for (const inner of part) visit(inner);
      return;
    }
    const { op, args } = Object(part);
    if (op === undefined) return;
    if (op === "call" && args[0] === "has") return;
    if (op === "." && args[0].op === "id" && args[0].args === variable) fields.add(args[1]);
    visit(args);
  };
  visit(tree);
  return fields;
}
