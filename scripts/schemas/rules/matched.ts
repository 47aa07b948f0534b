import { simpleName } from "../../../workers/_runtime/avro/names.ts";
import { meantBranch } from "../spec/match.ts";
import type { Enum, Field, Located, Named, Node, RecordOf, Use } from "../spec/node.ts";

/** Something of the newer version beside what it was in the older one. */
export type Matched =
  | { readonly of: "record"; readonly now: RecordOf; readonly before: RecordOf }
  | { readonly of: "enum"; readonly now: Enum; readonly before: Enum }
  /** A named type of any kind. */
  | { readonly of: "name"; readonly now: Named; readonly before: Named }
  | { readonly of: "field"; readonly now: Field; readonly before: Field; readonly record: RecordOf }
  /** A type in use, unions taken apart; `path` is `Concert.rows[].price`. */
  | { readonly of: "type"; readonly now: Use; readonly before: Use; readonly path: string };

/**
 * Walks two versions side by side, through records, arrays, maps and unions, each pair of records once. A field is
 * the same under its name or under an alias that either side gives it.
 */
export function matched(now: Located, before: Located): Matched[] {
  const walk = new Walk();
  walk.type(now.root, before.root, nameFor(now.root.node));
  return walk.found;
}

class Walk {
  readonly found: Matched[] = [];
  readonly #seen = new Map<Node, Set<Node>>();

  type(now: Use, before: Use, path: string): void {
    const [one, other] = [now.node, before.node];
    if (one.kind === "union" || other.kind === "union") return this.#branches(now, before, path);
    this.found.push({ of: "type", now, before, path });
    if (one.kind === "array" && other.kind === "array") this.type(one.items, other.items, `${path}[]`);
    if (one.kind === "map" && other.kind === "map") this.type(one.values, other.values, `${path}[]`);
    if (!("name" in one && "name" in other) || one.kind !== other.kind || this.#isSeen(one, other)) return;
    this.found.push({ of: "name", now: one, before: other });
    if (one.kind === "enum" && other.kind === "enum")
      this.found.push({ of: "enum", now: one, before: other });
    if (one.kind === "record" && other.kind === "record") this.#record(one, other);
  }

  #branches(now: Use, before: Use, path: string): void {
    const branchesOf = (use: Use) => (use.node.kind === "union" ? use.node.branches : [use]);
    const [ones, others] = [branchesOf(now), branchesOf(before)];
    for (const one of ones) {
      const other = meantBranch(
        one.node,
        others,
        ones.filter((each) => each !== one),
        sameNamed,
      );
      if (other !== undefined) this.type(one, other, path);
    }
  }

  #record(now: RecordOf, before: RecordOf): void {
    this.found.push({ of: "record", now, before });
    for (const field of now.fields) {
      const other = sameField(field, before);
      if (other === undefined) continue;
      this.found.push({ of: "field", now: field, before: other, record: now });
      this.type(field.type, other.type, `${nameFor(now)}.${field.name}`);
    }
  }

  #isSeen(now: Node, before: Node): boolean {
    const seen = this.#seen.get(now) ?? new Set<Node>();
    this.#seen.set(now, seen);
    if (seen.has(before)) return true;
    seen.add(before);
    return false;
  }
}

/** The field of `record` that is `field` in another version. */
export function sameField(field: Field, record: RecordOf): Field | undefined {
  const aliased = (one: Field, name: string) => one.aliases.some((alias) => alias.name === name);
  return (
    record.fields.find(({ name }) => name === field.name) ??
    record.fields.find((other) => aliased(field, other.name) || aliased(other, field.name))
  );
}

function sameNamed(one: Named, other: Named): boolean {
  const aliased = (a: Named, b: Named) => a.aliases.some(({ name }) => name === b.name);
  return simpleName(one.name) === simpleName(other.name) || aliased(one, other) || aliased(other, one);
}

export function nameFor(node: Node): string {
  return "name" in node ? simpleName(node.name) : node.kind;
}
