import { InvalidSchema } from "./failures.ts";
import { isObject } from "./names.ts";
import type { Node } from "./node.ts";
import { recordLabels } from "./union-label.ts";

/**
 * JavaScript source of a field's default, so that each use makes a fresh value. Takes what Java takes: for a
 * union the default of any branch, for floating point also "NaN" and "Infinity".
 * @throws {InvalidSchema} when the default is no value of its type.
 */
export function defaultSource(json: unknown, type: Node, path: string): string {
  const budget = { values: MOST_VALUES };
  const source = sourceOf(json, type, budget);
  if (budget.values < 0) {
    throw new InvalidSchema(
      `Cannot use schema as the default of '${path}' must be of at most ${MOST_VALUES} values, those of its records' own defaults included`,
    );
  }
  if (source !== undefined) return source;
  throw new InvalidSchema(
    `Cannot use schema as the default of '${path}' must be of its type ${type.kind}: current value is ${JSON.stringify(json)}`,
  );
}

/** The value that `defaultSource` is the source of. */
export function defaultValue(json: unknown, type: Node, path: string): unknown {
  return new Function("Buffer", `return ${defaultSource(json, type, path)};`)(Buffer);
}

/** Levels of one default: a record whose field falls back to a default that holds it again has no end. */
const MOST_DEPTH = 64;
/** In one default: records that fall back to defaults of two records each double with every level. */
const MOST_VALUES = 10_000;

interface Budget {
  values: number;
}

function sourceOf(json: unknown, type: Node, budget: Budget, depth = 0, label?: string): string | undefined {
  if (depth > MOST_DEPTH || --budget.values < 0) return undefined;
  switch (type.kind) {
    case "null":
      return json === null ? "null" : undefined;
    case "boolean":
      return typeof json === "boolean" ? String(json) : undefined;
    case "int":
      return json === (Number(json) | 0) ? String(json) : undefined;
    case "long":
      return Number.isSafeInteger(json) ? `${json}${type.bigint ? "n" : ""}` : undefined;
    case "float":
    case "double":
      return floatSource(json);
    case "string":
      return typeof json === "string" ? JSON.stringify(json) : undefined;
    case "bytes":
      return typeof json === "string" ? bytesSource(json) : undefined;
    case "fixed":
      return typeof json === "string" && json.length === type.size ? bytesSource(json) : undefined;
    case "enum":
      return typeof json === "string" && type.symbols.includes(json) ? JSON.stringify(json) : undefined;
    case "array":
      return Array.isArray(json)
        ? listOf(json.map((item) => sourceOf(item, type.items, budget, depth + 1)))
        : undefined;
    case "map":
      return isObject(json)
        ? objectOf(
            Object.entries(json).map(([key, value]) => [
              key,
              sourceOf(value, type.values, budget, depth + 1),
            ]),
          )
        : undefined;
    case "union": {
      const labels = recordLabels(type);
      for (const branch of type.branches) {
        const source = sourceOf(json, branch, budget, depth, labels.get(branch));
        if (source !== undefined) return source;
      }
      return undefined;
    }
    case "record": {
      if (!isObject(json)) return undefined;
      const fields = type.fields.map(({ name, fallback, type }): [string, string | undefined] => [
        name,
        sourceOf(Object.hasOwn(json, name) ? json[name] : fallback, type, budget, depth + 1),
      ]);
      return objectOf(label === undefined ? fields : [["type", JSON.stringify(label)], ...fields]);
    }
  }
}

const NOT_JSON: readonly unknown[] = ["NaN", "Infinity", "-Infinity"];

function floatSource(json: unknown): string | undefined {
  if (NOT_JSON.includes(json)) return String(json);
  return typeof json === "number" ? String(json) : undefined;
}

// The specification writes bytes as a text of code points 0 to 255.
function bytesSource(text: string): string | undefined {
  return /^[\0-\xff]*$/.test(text) ? `Buffer.from(${JSON.stringify(text)}, "latin1")` : undefined;
}

function listOf(items: readonly (string | undefined)[]): string | undefined {
  return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
}

/** An object literal; keys are computed, so that `__proto__` is a property like any other. */
export function objectOf(entries: readonly (readonly [string, string | undefined])[]): string | undefined {
  if (entries.some(([, source]) => source === undefined)) return undefined;
  return `{ ${entries.map(([key, source]) => `${key === "__proto__" ? '["__proto__"]' : JSON.stringify(key)}: ${source}`).join(", ")} }`;
}
