import { simpleName } from "../../../workers/_runtime/avro/names.ts";
import type { Field, Named, Node, RecordOf, Use } from "./node.ts";

/** The specification's match of names: without namespace, or by an alias of the reader's. */
export function namesMatch(reader: Named, writer: Named): boolean {
  return (
    simpleName(reader.name) === simpleName(writer.name) ||
    reader.aliases.some(({ name }) => name === writer.name)
  );
}

/** The writer's field that fills a reader's: by its name first, then by one of the reader's aliases. */
export function writtenField(reader: Field, writer: RecordOf): Field | undefined {
  return (
    writer.fields.find(({ name }) => name === reader.name) ??
    writer.fields.find(({ name }) => reader.aliases.some((alias) => alias.name === name))
  );
}

/** Writer to reader, by the specification. */
const PROMOTIONS: ReadonlySet<string> = new Set([
  "int>long",
  "int>float",
  "int>double",
  "long>float",
  "long>double",
  "float>double",
  "string>bytes",
  "bytes>string",
]);

export function promotes(writer: Node, reader: Node): boolean {
  return PROMOTIONS.has(`${writer.kind}>${reader.kind}`);
}

/** Symbols that the writer may write and the reader has neither a place nor a default for. */
export function symbolsLacking(
  reader: Extract<Node, { kind: "enum" }>,
  writer: Extract<Node, { kind: "enum" }>,
): readonly { readonly name: string }[] {
  const has = (symbol: string) => reader.symbols.some(({ name }) => name === symbol);
  // A default that isn't one of the symbols is none.
  if (reader.fallback !== undefined && has(reader.fallback)) return [];
  const known = new Set(reader.symbols.map(({ name }) => name));
  return writer.symbols.filter(({ name }) => !known.has(name));
}

/**
 * The branch that is meant to take `type`, whether or not it does: of the same full name, of the same name, the only
 * one of the same kind that is meant for none of `others`.
 */
export function meantBranch(
  type: Node,
  branches: readonly Use[],
  others: readonly Use[],
  match: (branch: Named, type: Named) => boolean,
): Use | undefined {
  const same = branches.filter(({ node }) => node.kind === type.kind);
  if (!("name" in type)) return same[0];
  const named = (use: Use): Named | undefined => ("name" in use.node ? use.node : undefined);
  const byFullName = same.find((use) => named(use)?.name === type.name);
  if (byFullName !== undefined) return byFullName;
  const byName = same.find((use) => {
    const node = named(use);
    return node !== undefined && match(node, type);
  });
  if (byName !== undefined) return byName;
  const free = same.filter((use) => {
    const node = named(use);
    return node !== undefined && !others.some((other) => "name" in other.node && match(node, other.node));
  });
  return free.length === 1 ? free[0] : undefined;
}
