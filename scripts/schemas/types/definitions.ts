import { isDeepStrictEqual } from "node:util";
import { fullNameOf, isObject, type Json, namespaceOf } from "../../../workers/_runtime/avro/names.ts";
import { UsageError } from "../../../workers/_runtime/mod.ts";

/** A named type of the schemas, wherever it is written. */
export interface Definition {
  readonly fullName: string;
  readonly kind: "record" | "enum" | "fixed";
  readonly json: Json;
  /** Of its inside. */
  readonly namespace: string;
  /** `Concert.avsc` */
  readonly file: string;
  /** The file's own record, an event; else a part of one. */
  readonly isEvent: boolean;
}

/**
 * Every named type of all files, in the order in which they are written; one that is repeated counts once.
 * @throws {UsageError} naming both files, when two definitions of one name differ
 */
export function definitionsIn(files: ReadonlyMap<string, Json>): Map<string, Definition> {
  const found = new Map<string, Definition>();
  const take = (part: unknown, namespace: string, file: string, isEvent: boolean): void => {
    if (Array.isArray(part)) for (const branch of part) take(branch, namespace, file, false);
    if (!isObject(part)) return;
    const kind = kindOf(part.type);
    if (kind === undefined) {
      for (const inner of [part.type, part.items, part.values])
        if (typeof inner === "object") take(inner, namespace, file, false);
      return;
    }
    const fullName = fullNameOf(part, namespace);
    const known = found.get(fullName);
    if (known !== undefined) return sameOrThrow(known, part, file);
    const inside = namespaceOf(fullName);
    found.set(fullName, { fullName, kind, json: part, namespace: inside, file, isEvent });
    for (const field of fieldsOf(part)) take(field.type, inside, file, false);
  };
  for (const [file, schema] of files) take(schema, "", file, true);
  return found;
}

export function fieldsOf(record: Json): readonly Json[] {
  return Array.isArray(record.fields) ? record.fields.filter(isObject) : [];
}

function kindOf(type: unknown): Definition["kind"] | undefined {
  if (type === "error") return "record";
  return type === "record" || type === "enum" || type === "fixed" ? type : undefined;
}

function sameOrThrow(known: Definition, part: Json, file: string): void {
  if (isDeepStrictEqual(known.json, part)) return;
  throw new UsageError(
    `Cannot generate types as '${known.fullName}' is defined in 'schemas/${known.file}' and differently in 'schemas/${file}': define it once and name it elsewhere`,
  );
}
