import { fits } from "./fits.ts";
import { isObject } from "./names.ts";
import type { Node } from "./node.ts";

/** A default as the encoder wants it: JSON has no bytes, bigints or floats beyond the finite, so they are turned. */
export function fromJson(json: unknown, type: Node): unknown {
  if (typeof json === "string" && (type.kind === "bytes" || type.kind === "fixed"))
    return Buffer.from(json, "latin1");
  if (typeof json === "string" && (type.kind === "float" || type.kind === "double")) return Number(json);
  if (type.kind === "long" && type.bigint && Number.isSafeInteger(json)) return BigInt(Number(json));
  if (type.kind === "union") {
    const branch = type.branches.find((each) => fits(each, fromJson(json, each)));
    return branch === undefined ? json : fromJson(json, branch);
  }
  if (Array.isArray(json) && type.kind === "array") return json.map((item) => fromJson(item, type.items));
  if (isObject(json) && type.kind === "map") {
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => [key, fromJson(value, type.values)]),
    );
  }
  if (isObject(json) && type.kind === "record") {
    return Object.fromEntries(
      type.fields.map((field) => [field.name, fromJson(json[field.name], field.type)]),
    );
  }
  return json;
}
