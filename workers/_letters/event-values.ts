import type { Node, RecordOf } from "../_runtime/avro/node.ts";
import { recordLabels } from "../_runtime/avro/union-label.ts";

const TIMESTAMP_UNITS: ReadonlyMap<string, number> = new Map([
  ["timestamp-millis", 1],
  ["timestamp-micros", 1_000],
]);

/** A decoded value as an expression sees it: whole numbers are ints whatever their size, timestamps are times. */
export function toCel(value: unknown, shape: Node): unknown {
  const node = shape.kind === "union" ? branchOf(value, shape.branches) : shape;
  if (node === undefined || value === null) return value;
  switch (node.kind) {
    case "int":
    case "long": {
      if (typeof value !== "number" && typeof value !== "bigint") return value;
      const unit = TIMESTAMP_UNITS.get(node.logical?.type ?? "");
      return unit === undefined ? BigInt(value) : new Date(Number(value) / unit);
    }
    case "array":
      return Array.isArray(value) ? value.map((item) => toCel(item, node.items)) : value;
    case "map":
      return isFields(value) ? mapFields(value, (inner) => toCel(inner, node.values)) : value;
    case "record":
      return isFields(value) ? recordToCel(value, node) : value;
    default:
      return value;
  }
}

function recordToCel(value: Fields, { fields }: RecordOf): unknown {
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  return mapFields(value, (inner, name) => {
    const type = types.get(name);
    return type === undefined ? inner : toCel(inner, type);
  });
}

/** A decoded value as JSON can carry it: bytes are base64, numbers that JSON doesn't have are their names. */
export function toJson(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(toJson);
  return isFields(value) ? mapFields(value, toJson) : value;
}

type Fields = { readonly [name: string]: unknown };

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

function mapFields(value: Fields, map: (inner: unknown, name: string) => unknown): Fields {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, map(inner, name)]));
}

/** The first branch that such a value can be of. */
function branchOf(value: unknown, branches: readonly Node[]): Node | undefined {
  const labels = recordLabels({ kind: "union", branches });
  const named = isFields(value) ? branches.find((branch) => labels.get(branch) === value.type) : undefined;
  if (named !== undefined) return named;
  return branches.find(({ kind }) => {
    switch (kind) {
      case "null":
        return value === null;
      case "int":
      case "long":
        return Number.isInteger(value) || typeof value === "bigint";
      case "float":
      case "double":
        return typeof value === "number";
      case "boolean":
        return typeof value === "boolean";
      case "string":
      case "enum":
        return typeof value === "string";
      case "bytes":
      case "fixed":
        return Buffer.isBuffer(value);
      case "array":
        return Array.isArray(value);
      default:
        return isFields(value);
    }
  });
}
