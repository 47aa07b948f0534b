import type { Node } from "./node.ts";

/** How bytes of a writer's type become a value of the reader's; a graph where the schemas are recursive. */
export type Plan =
  | { readonly do: "read"; readonly as: Scalar }
  | { readonly do: "fixed"; readonly size: number }
  /** By the writer's index; undefined: the reader has no such symbol and no default. */
  | {
      readonly do: "enum";
      readonly path: string;
      readonly symbols: readonly (string | undefined)[];
      readonly written: readonly string[];
    }
  | { readonly do: "array"; readonly items: Plan; readonly written: Node }
  | { readonly do: "map"; readonly values: Plan; readonly written: Node }
  /** By the writer's index. */
  | { readonly do: "union"; readonly branches: readonly Plan[] }
  | RecordPlan
  /** A record read into a branch of the reader's union: its value says by `type` which one. */
  | { readonly do: "labelled"; readonly record: RecordPlan; readonly as: string }
  /** Reading it fails, since no value of the reader's type can come of it; other data may still be read. */
  | Mismatch;

export interface RecordPlan {
  readonly do: "record";
  readonly name: string;
  /** In the writer's order: read into a field of the reader's, or skipped. */
  readonly steps: Step[];
  /** Of the reader, with what fills those that the writer doesn't have. */
  readonly defaults: { readonly field: string; readonly json: unknown; readonly type: Node }[];
  /** The reader's fields in its order. */
  readonly fields: string[];
}
export type Step = { readonly field: string; readonly plan: Plan } | { readonly skip: Node };
export interface Mismatch {
  readonly do: "mismatch";
  /** The reader's innermost record and its field, `PaymentCaptured.amount`; array and map levels are `[]`. */
  readonly path: string;
  readonly reason: string;
}

/** What is read off the wire and into what it is turned. */
export type Scalar =
  | "null"
  | "boolean"
  | "int"
  | "long"
  | "float"
  | "double"
  | "string"
  | "bytes"
  | "intAsFloat"
  | "longAsFloat"
  | "longAsDouble"
  | "intAsBigint"
  | "longAsBigint";

/** Whether no datum at all can be read: then it is the schemas that don't fit, not some of the data. */
export function alwaysFails(plan: Plan, known: Map<Plan, boolean> = new Map()): boolean {
  if (plan.do === "mismatch") return true;
  if (plan.do === "enum") return plan.symbols.every((symbol) => symbol === undefined);
  if (plan.do === "labelled") return alwaysFails(plan.record, known);
  if (plan.do !== "union" && plan.do !== "record") return false;
  const before = known.get(plan);
  if (before !== undefined) return before;
  // A recursive plan ends somewhere: while it is being asked, it doesn't fail for its own sake.
  known.set(plan, false);
  const fails =
    plan.do === "union"
      ? plan.branches.every((branch) => alwaysFails(branch, known))
      : plan.steps.some((step) => "plan" in step && alwaysFails(step.plan, known));
  known.set(plan, fails);
  return fails;
}

/** Every mismatch in a plan, each with the reader's path. */
export function mismatches(plan: Plan, seen: Set<Plan> = new Set()): Mismatch[] {
  if (seen.has(plan)) return [];
  seen.add(plan);
  switch (plan.do) {
    case "mismatch":
      return [plan];
    case "array":
      return mismatches(plan.items, seen);
    case "map":
      return mismatches(plan.values, seen);
    case "union":
      return plan.branches.flatMap((branch) => mismatches(branch, seen));
    case "labelled":
      return mismatches(plan.record, seen);
    case "record":
      return plan.steps.flatMap((step) => ("plan" in step ? mismatches(step.plan, seen) : []));
    case "enum": {
      const lacking = plan.written.filter((_, index) => plan.symbols[index] === undefined);
      return lacking.map((symbol) =>
        mismatch(plan.path, `the reader has neither symbol '${symbol}' nor a default`),
      );
    }
    default:
      return [];
  }
}

export function mismatch(path: string, reason: string): Mismatch {
  return { do: "mismatch", path, reason };
}
