import { dirname, join } from "node:path/posix";
import { simpleName } from "../../../workers/_runtime/avro/names.ts";
import type { Place } from "../finding.ts";
import type { SchemaVersion } from "../version.ts";
import { locate } from "./locate.ts";
import type { Located, Spot } from "./node.ts";
import { SchemaTextError } from "./schema-text-error.ts";

/** A history compares one version with hundreds: each is read once, as long as somebody holds it. */
const READ = new WeakMap<SchemaVersion, Located | SchemaTextError>();

/** The version's schema, or why no tree can be made of it. */
export function readVersion(version: SchemaVersion): Located | SchemaTextError {
  const known = READ.get(version);
  if (known !== undefined) return known;
  const read = attempt(version);
  READ.set(version, read);
  return read;
}

function attempt({ text, references }: SchemaVersion): Located | SchemaTextError {
  try {
    return locate(text, references);
  } catch (error) {
    if (error instanceof SchemaTextError) return error;
    // The stack's end: types that name one another in a chain are as deep as they are many.
    if (error instanceof RangeError)
      return new SchemaTextError("its types are nested too deeply", { line: 1, column: 1 });
    throw error;
  }
}

/** Where a spot of the version's schema is to be found: in its own file, or in that of the schema it refers to. */
export function placeOf(version: SchemaVersion, spot: Omit<Spot, "reference"> & Partial<Spot>): Place {
  const { line, column, pointer, reference } = spot;
  return {
    file: reference === undefined ? version.file : fileOf(version.file, reference),
    line,
    column,
    pointer,
  };
}

function fileOf(file: string, reference: string): string {
  if (!file.endsWith(".avsc")) return `${reference}, referred to by ${file}`;
  return join(dirname(file), `${simpleName(reference)}.avsc`);
}

/** Nothing that is judged differs: the same words, and the same words of all that is referred to. */
export function sameText(one: SchemaVersion, other: SchemaVersion): boolean {
  return (
    one.text === other.text &&
    one.references.length === other.references.length &&
    one.references.every((text, index) => text === other.references[index])
  );
}
