import { fullNameOf, isObject, namespaceOf } from "../_runtime/avro/names.ts";
import type { Node, RecordOf } from "../_runtime/avro/node.ts";
import type { AvroSchema } from "../_runtime/event.ts";

/** A field whose `doc` begins like this holds what belongs to a person. */
const MARK = "Personal:";
/** What stands in its place. */
export const MASK = "***";

/** Full name of a record and a field of it. */
export type PersonalFields = ReadonlySet<string>;

/** The marked fields of every record in `schemas`. Never throws: what can't be read has none. */
export function personalFields(schemas: readonly (AvroSchema | undefined)[]): PersonalFields {
  const found = new Set<string>();
  const visit = (schema: unknown, namespace: string, depth: number): void => {
    if (depth > MOST_DEPTH) return;
    if (Array.isArray(schema)) for (const branch of schema) visit(branch, namespace, depth + 1);
    if (!isObject(schema)) return;
    const record = typeof schema.name === "string" ? fullNameOf(schema, namespace) : undefined;
    const inner = record === undefined ? namespace : namespaceOf(record);
    for (const field of Array.isArray(schema.fields) ? schema.fields : []) {
      if (!isObject(field)) continue;
      if (typeof field.doc === "string" && field.doc.startsWith(MARK))
        found.add(`${record}.${String(field.name)}`);
      visit(field.type, inner, depth + 1);
    }
    for (const part of [schema.type, schema.items, schema.values]) visit(part, inner, depth + 1);
  };
  for (const schema of schemas) visit(schema, "", 0);
  return found;
}

const MOST_DEPTH = 200;

/** What was covered up: the value without it, and where it stood: `customerId`, `guests[1].name`. */
export interface Covered {
  readonly value: unknown;
  readonly paths: readonly string[];
}

/** A copy of `value` with marked fields masked. */
export function masked(value: unknown, shape: Node, personal: PersonalFields): Covered {
  return covered(value, shape, personal, (name) => [[name, MASK]]);
}

/** A copy of `value` that has no marked fields, for what compares values: a mask is one, too. */
export function withoutPersonal(value: unknown, shape: Node, personal: PersonalFields): Covered {
  return covered(value, shape, personal, () => []);
}

function covered(
  value: unknown,
  shape: Node,
  personal: PersonalFields,
  cover: (name: string) => readonly (readonly [string, unknown])[],
): Covered {
  const paths: string[] = [];
  const visit = (each: unknown, nodes: readonly Node[], path: string): unknown => {
    if (each === null || typeof each !== "object" || Buffer.isBuffer(each)) return each;
    // A union's value doesn't say which branch it is: what is personal in one of them is masked.
    const options = nodes.flatMap((node) => (node.kind === "union" ? node.branches : [node]));
    if (Array.isArray(each)) {
      const items = options.flatMap((node) => (node.kind === "array" ? [node.items] : []));
      return each.map((item, index) => visit(item, items, `${path}[${index}]`));
    }
    const records = options.filter((node): node is RecordOf => node.kind === "record");
    const values = options.flatMap((node) => (node.kind === "map" ? [node.values] : []));
    return Object.fromEntries(
      Object.entries(each).flatMap(([name, inner]) => {
        const place = path === "" ? name : `${path}.${name}`;
        if (records.some((record) => personal.has(`${record.name}.${name}`)) && inner !== null) {
          paths.push(place);
          return cover(name);
        }
        const types = records.flatMap(({ fields }) =>
          fields.filter((field) => field.name === name).map(({ type }) => type),
        );
        return [[name, visit(inner, [...types, ...values], place)] as const];
      }),
    );
  };
  return { value: visit(value, [shape], ""), paths };
}
