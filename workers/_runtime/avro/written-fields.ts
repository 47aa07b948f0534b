import type { Field, RecordOf } from "./node.ts";

/**
 * The writer's field for each of the reader's that has one. An alias makes the writer's field act as though it had
 * the reader's name, even where another of the reader's fields now has the old name (if that one has a default:
 * else nothing could be read). A field that was written under its own name needs no alias.
 */
export function writtenFields(writer: RecordOf, reader: RecordOf): ReadonlyMap<Field, Field> {
  const written = new Map(writer.fields.map((field) => [field.name, field]));
  const own = new Map(reader.fields.map((field) => [field.name, field]));
  const found = new Map<Field, Field>();
  const taken = new Set<Field>();
  const take = (field: Field, from: Field) => {
    found.set(field, from);
    taken.add(from);
  };
  for (const field of reader.fields) {
    if (written.has(field.name)) continue;
    for (const alias of field.aliases) {
      const from = written.get(alias);
      const namesake = own.get(alias);
      if (from === undefined || taken.has(from)) continue;
      if (namesake !== undefined && namesake.fallback === undefined) continue;
      take(field, from);
      break;
    }
  }
  for (const field of reader.fields) {
    const from = written.get(field.name);
    if (from !== undefined && !taken.has(from)) take(field, from);
  }
  return found;
}
