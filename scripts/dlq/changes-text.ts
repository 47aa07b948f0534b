import type { EditResult, FieldChange } from "../../workers/_letters/mod.ts";
import { cut, printable } from "../desk/printable.ts";

/** An edit field by field, as a diff. */
export function changesText({ changes, schemaId }: EditResult): string {
  return `Changes (schema ${schemaId}):\n${changeRows(changes)}`;
}

export function changeRows(changes: readonly FieldChange[]): string {
  return changes
    .flatMap(({ path, before, after }) => [
      `  ${printable(path)}\n`,
      ...line("-", before),
      ...line("+", after),
    ])
    .join("");
}

/** A field that isn't there has no line. */
function line(sign: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  return [`    ${sign} ${cut(printable(JSON.stringify(value)), 92)}\n`];
}
