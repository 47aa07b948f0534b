/**
 * Puts each table between its marks, `<!-- table: name -->` and `<!-- end -->`; what people wrote around them stays.
 * @throws {RangeError} naming the table that has no marks, or the marks that have no table
 */
export function withTables(text: string, tables: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const filled = text.replace(/<!-- table: ([\w-]+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new RangeError(`Cannot fill in table '${name}' as nothing computes it`);
    used.add(name);
    return `<!-- table: ${name} -->\n\n${table}\n\n<!-- end -->`;
  });
  const unused = Object.keys(tables).filter((name) => !used.has(name));
  if (unused.length > 0)
    throw new RangeError(`Cannot show ${unused.join(", ")} as the document has no marks for it`);
  return filled;
}
