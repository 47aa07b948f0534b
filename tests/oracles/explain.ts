import { simpleName } from "../../workers/_runtime/avro/names.ts";
import type { Node } from "../../workers/_runtime/avro/node.ts";
import { NOT_OURS } from "./not-ours.ts";
import { typesIn } from "./types-in.ts";

interface Difference {
  readonly kind: string;
  readonly detail: string;
  /** What Java's own check says of the pair. */
  readonly compatible: boolean;
  readonly writer: Node;
  readonly reader: Node;
}

/**
 * Why Java's reader does otherwise than ours on a datum, where the specification or Java's own check is on our
 * side; `docs/oracles.md` has the sentence that decides for each. Undefined: a disagreement.
 */
export function explained({ kind, detail, compatible, writer, reader }: Difference): string | undefined {
  const moved = movedNamespace(writer, reader);
  const bug = NOT_OURS.find(({ says }) => says.test(detail.replace(/^[0-9a-f]*: /, "")));
  if (kind === "read by us alone" && bug !== undefined) return bug.why;
  if (kind === "read differently" && aliasIsAnotherType(reader))
    return "Java's reader maps a type to an alias, away from its namesake";
  if (kind === "read by Java alone") {
    if (!compatible && /no alias for it|no branch of/.test(detail)) return "Java's reader takes another name";
    if (detail.includes("not UTF-8")) return "Java replaces what is no UTF-8";
    if (moved && !compatible) return "Java's reader wants full names";
  }
  if (kind === "read differently" && moved) return "Java's reader wants full names";
  if (kind === "read by us alone") {
    if (moved) return "Java's reader wants full names";
    if (/Duplicate in union|Can't redefine/.test(detail))
      return "Java's reader spoils the schema by an alias";
    if (aliasIsNamesake(reader)) return "Java's reader maps a field to an alias, away from its namesake";
    if (compatible) return "Java's reader refuses what Java's check calls compatible";
    if (detail.includes("Invalid default for field")) return "Java's reader spoils a default by an alias";
  }
  return undefined;
}

/** Whether a field of a record has an alias that is another field's name. */
export function aliasIsNamesake(node: Node): boolean {
  return typesIn(node).some(
    (type) =>
      type.kind === "record" &&
      type.fields.some(({ aliases }) => type.fields.some(({ name }) => aliases.includes(name))),
  );
}

/** Whether a type's alias is the name of another type. */
function aliasIsAnotherType(node: Node): boolean {
  const types = typesIn(node);
  const names = new Set(types.flatMap((type) => ("name" in type ? [simpleName(type.name)] : [])));
  return types.some(
    (type) => "aliases" in type && type.aliases.some((alias) => names.has(simpleName(alias))),
  );
}

/** Whether a type of the reader's was written under the same name in another namespace. */
function movedNamespace(writer: Node, reader: Node): boolean {
  const [written, read] = [namesIn(writer), namesIn(reader)];
  return [...read].some(
    (name) => !written.has(name) && [...written].some((other) => simpleName(other) === simpleName(name)),
  );
}

function namesIn(node: Node): Set<string> {
  return new Set(typesIn(node).flatMap((type) => ("name" in type ? [type.name] : [])));
}
