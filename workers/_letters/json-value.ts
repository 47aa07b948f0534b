import type { Node } from "../_runtime/avro/node.ts";
import { recordLabels } from "../_runtime/avro/union-label.ts";

type Json = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function equalJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]))
  );
}

/**
 * What an operator made of an event that was shown with masked fields: what equals the masked view stays what it really
 * is, by place; everything else is meant as it stands.
 */
export function unmasked(edited: unknown, masked: unknown, real: unknown): unknown {
  if (equalJson(edited, masked)) return real;
  if (Array.isArray(edited) && Array.isArray(masked) && Array.isArray(real))
    return edited.map((item, i) => (i < masked.length ? unmasked(item, masked[i], real[i]) : item));
  if (!isJsonObject(edited) || !isJsonObject(masked) || !isJsonObject(real)) return edited;
  return Object.fromEntries(
    Object.entries(edited).map(([key, value]) => [
      key,
      Object.hasOwn(masked, key) && Object.hasOwn(real, key)
        ? unmasked(value, masked[key], real[key])
        : value,
    ]),
  );
}

/**
 * JSON as the encoder wants it: bytes are base64, numbers that JSON can't hold are texts ("NaN", "9007199254740991").
 * What doesn't fit is left as it is, for the encoder to say so. In a union a text is a string wherever it can be one.
 */
export function fromJson(json: unknown, node: Node): unknown {
  switch (node.kind) {
    case "bytes":
    case "fixed":
      return typeof json === "string" && isBase64(json) ? Buffer.from(json, "base64") : json;
    case "int":
    case "long":
      if (node.bigint) return isWhole(json) || Number.isSafeInteger(json) ? BigInt(String(json)) : json;
      return isWhole(json) ? Number(json) : json;
    case "float":
    case "double":
      return typeof json === "string" && /^(NaN|-?Infinity)$/.test(json) ? Number(json) : json;
    case "array":
      return Array.isArray(json) ? json.map((item) => fromJson(item, node.items)) : json;
    case "map":
      if (!isJsonObject(json)) return json;
      return Object.fromEntries(
        Object.entries(json).map(([key, item]) => [key, fromJson(item, node.values)]),
      );
    case "record": {
      if (!isJsonObject(json)) return json;
      const types = new Map(node.fields.map(({ name, type }) => [name, type]));
      return Object.fromEntries(
        Object.entries(json).map(([key, item]) => {
          const type = types.get(key);
          return [key, type ? fromJson(item, type) : item];
        }),
      );
    }
    case "union":
      return fromUnion(json, node.branches);
    default:
      return json;
  }
}

function fromUnion(json: unknown, branches: readonly Node[]): unknown {
  const kinds = new Set(branches.map(({ kind }) => kind));
  if (typeof json === "string" && (kinds.has("string") || kinds.has("enum"))) return json;
  const labels = recordLabels({ kind: "union", branches });
  const named = isJsonObject(json) ? branches.filter((branch) => labels.get(branch) === json.type) : [];
  for (const branch of named.length > 0 ? named : branches) {
    const value = fromJson(json, branch);
    if (value !== json && !equalJson(value, json)) return value;
  }
  return json;
}

function isWhole(json: unknown): boolean {
  return typeof json === "string" && /^-?\d{1,19}$/.test(json);
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

export interface JsonChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Leaves that differ, by path, shown as the masked views show them. */
export function* changesOf(
  real: { readonly before: unknown; readonly after: unknown },
  masked: { readonly before: unknown; readonly after: unknown },
  path = "",
): Generator<JsonChange> {
  if (equalJson(real.before, real.after)) return;
  const { before, after } = real;
  const deeper =
    (isJsonObject(before) && isJsonObject(after)) || (Array.isArray(before) && Array.isArray(after));
  if (!deeper) {
    yield { path, before: masked.before, after: masked.after };
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const step = stepTo(before, path, key);
    yield* changesOf(
      { before: at(before, key), after: at(after, key) },
      { before: at(masked.before, key), after: at(masked.after, key) },
      step,
    );
  }
}

/** Of a subtree that is masked as a whole, every part is. */
function at(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** The path of a property that was wished for and isn't there; undefined: all are. */
export function missingIn(wished: unknown, got: unknown, path = ""): string | undefined {
  if (typeof wished !== "object" || wished === null || typeof got !== "object" || got === null)
    return undefined;
  for (const [key, value] of Object.entries(wished)) {
    const step = stepTo(wished, path, key);
    if (!Object.hasOwn(got, key)) return step;
    const deeper = missingIn(value, Reflect.get(got, key), step);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function stepTo(inside: object, path: string, key: string): string {
  if (Array.isArray(inside)) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}
