import { Fractional } from "./json.ts";
import type { Node } from "./node.ts";

/** Whether a default, as `plainOf` reads it, is a value of its type. A union's may be of any branch (since Avro 1.12). */
export function defaultFits(json: unknown, type: Node): boolean {
  switch (type.kind) {
    case "null":
      return json === null;
    case "boolean":
      return typeof json === "boolean";
    case "int":
      return typeof json === "number" && json === (json | 0);
    case "long":
      return typeof json === "number" || (typeof json === "bigint" && json === BigInt.asIntN(64, json));
    case "float":
    case "double":
      return (
        typeof json === "number" ||
        typeof json === "bigint" ||
        json instanceof Fractional ||
        isNotFinite(json)
      );
    case "string":
      return typeof json === "string";
    case "bytes":
      return isBytes(json);
    case "fixed":
      return isBytes(json) && json.length === type.size;
    case "enum":
      return type.symbols.some(({ name }) => name === json);
    case "array":
      return Array.isArray(json) && json.every((item) => defaultFits(item, type.items.node));
    case "map":
      return isObject(json) && Object.values(json).every((value) => defaultFits(value, type.values.node));
    case "union":
      return type.branches.some(({ node }) => defaultFits(json, node));
    case "record":
      return (
        isObject(json) &&
        type.fields.every((field) =>
          Object.hasOwn(json, field.name)
            ? defaultFits(json[field.name], field.type.node)
            : // A field's own default stands in; itself it is judged where it is written.
              field.fallback !== undefined,
        )
      );
  }
}

/** The specification writes bytes as a text of code points 0 to 255. */
function isBytes(json: unknown): json is string {
  return typeof json === "string" && /^[\0-\xff]*$/.test(json);
}

/** Not in JSON, but written as texts by Avro's own libraries. */
function isNotFinite(json: unknown): boolean {
  return json === "NaN" || json === "Infinity" || json === "-Infinity";
}

function isObject(json: unknown): json is { readonly [key: string]: unknown } {
  return typeof json === "object" && json !== null && !Array.isArray(json) && !(json instanceof Fractional);
}
