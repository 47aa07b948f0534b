import { simpleName } from "../../../workers/_runtime/avro/names.ts";
import type { Place } from "../finding.ts";
import { locate } from "../spec/locate.ts";
import { type Located, type RecordOf, type Spot, spotOf } from "../spec/node.ts";
import type { SchemaVersion } from "../version.ts";

/**
 * Where `PaymentCaptured.amount` stands in a version's text: the field's type, else the record that lacks the field,
 * else the beginning.
 */
export function placeIn(version: SchemaVersion, path: string): Place {
  const top = { file: version.file, line: 1, column: 1, pointer: "" };
  const [, recordName = "", fieldName] = /^([^.[\]]+)(?:\.([^.[\]]+))?/.exec(path) ?? [];
  const located = treeOf(version);
  if (located === undefined) return top;
  const records = [...located.named.values()].filter((node): node is RecordOf => node.kind === "record");
  const record =
    records.find(({ name }) => simpleName(name) === recordName) ??
    records.find(({ aliases }) => aliases.some(({ name }) => simpleName(name) === recordName)) ??
    records.find(({ name }) => name === version.record);
  if (record === undefined) return top;
  const field =
    record.fields.find(({ name }) => name === fieldName) ??
    record.fields.find(({ aliases }) => aliases.some(({ name }) => name === fieldName));
  return at(version, field === undefined ? spotOf(record, "name") : spotOf(field, "type"));
}

function at({ file }: SchemaVersion, { line, column, pointer, reference }: Spot): Place {
  // A referenced record has a file of its own, named after it.
  const own = reference === undefined ? file : file.replace(/[^/]*$/, `${simpleName(reference)}.avsc`);
  return { file: own, line, column, pointer };
}

const KNOWN = new WeakMap<SchemaVersion, Located | "unreadable">();

function treeOf(version: SchemaVersion): Located | undefined {
  let known = KNOWN.get(version);
  if (known === undefined) {
    try {
      known = locate(version.text, version.references);
    } catch {
      // That it can't be read is said elsewhere; here only the place is wanted.
      known = "unreadable";
    }
    KNOWN.set(version, known);
  }
  return known === "unreadable" ? undefined : known;
}
