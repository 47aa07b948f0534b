import type { EditResult } from "../../workers/_letters/mod.ts";
import { cut, printable } from "../desk/printable.ts";

/** An edit field by field, as a diff. */
export function changesText({ changes, schemaId }: EditResult): string {
  const rows = changes.flatMap(({ path, before, after }) => [
    `  ${printable(path)}\n`,
    ...line("-", before),
    ...line("+", after),
  ]);
  return `Changes (schema ${schemaId}):\n${rows.join("")}`;
}

/** A field that isn't there has no line. */
function line(sign: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  return [`    ${sign} ${cut(printable(JSON.stringify(value)), 92)}\n`];
}
