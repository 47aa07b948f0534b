import { isObject } from "./names.ts";
import type { Node } from "./node.ts";

/** Whether a value is one of the type, seen from outside: elements and fields are not looked at. */
export function fits(node: Node, value: unknown): boolean {
  switch (node.kind) {
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "int":
      return typeof value === "number" && value === (value | 0);
    case "long":
      if (node.bigint) return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
      return Number.isSafeInteger(value);
    case "float":
      // What a float can't reach would be written as infinity.
      return typeof value === "number" && (!Number.isFinite(value) || Number.isFinite(Math.fround(value)));
    case "double":
      return typeof value === "number";
    case "string":
      // A lone surrogate has no UTF-8: it would be written as another character.
      return typeof value === "string" && value.isWellFormed();
    case "bytes":
      return value instanceof Uint8Array;
    case "fixed":
      return value instanceof Uint8Array && value.length === node.size;
    case "enum":
      return typeof value === "string" && node.symbols.includes(value);
    case "array":
      return Array.isArray(value);
    case "map":
    case "record":
      return isObject(value) && !(value instanceof Uint8Array);
    case "union":
      return node.branches.some((branch) => fits(branch, value));
  }
}

/** Whether what is read again is the very value, of a value that fits: a float has fewer digits, an int no -0. */
export function isExact(node: Node, value: unknown): boolean {
  if (typeof value !== "number") return true;
  if (node.kind === "float") return Object.is(Math.fround(value), value);
  return !((node.kind === "int" || node.kind === "long") && Object.is(value, -0));
}

/**
 * A value for an error message. Messages end in `bo-reason` and in logs, so a text is shown only when it looks
 * like a constant of the program (an enum's symbol), never what may be a person's.
 */
export function describeValue(value: unknown): string {
  if (typeof value === "string") {
    if (!value.isWellFormed()) return `a text of ${value.length} characters with half a surrogate pair`;
    return /^[A-Z][A-Z_]{0,39}$/.test(value) ? `'${value}'` : `a text of ${value.length} characters`;
  }
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}
