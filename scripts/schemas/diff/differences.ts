import { UsageError } from "../../../workers/_runtime/mod.ts";
import type { Place } from "../finding.ts";
import { matched, nameFor, sameField } from "../rules/matched.ts";
import { describe, describeSymbols } from "../spec/describe.ts";
import { type Enum, type Field, type Mention, type RecordOf, type Spot, spotOf } from "../spec/node.ts";
import { placeOf, readVersion } from "../spec/read-version.ts";
import { SchemaTextError } from "../spec/schema-text-error.ts";
import type { SchemaVersion } from "../version.ts";

/** One thing that isn't as it was, whether or not it breaks anybody. */
export interface Difference {
  readonly kind: "added" | "removed" | "changed";
  /** `field`, `type`, `default`, `doc`, `name`, `aliases`, `symbols`, `enum default` */
  readonly what: string;
  /** `Concert.rows`, or the type's name. */
  readonly of: string;
  readonly from?: string;
  readonly to?: string;
  /** Where it is, or where it was if it is gone. */
  readonly at: Place;
}

/**
 * What a person would see comparing two versions side by side, order of attributes and layout aside: fields, types,
 * defaults, docs, names, aliases and symbols; by their place in the newer one, what is gone last.
 * @throws {UsageError} naming the place, when a text is no schema
 */
export function differences(now: SchemaVersion, before: SchemaVersion): Difference[] {
  const [ours, theirs] = [treeOf(now), treeOf(before)];
  const found: Difference[] = [];
  const changed = (what: string, of: string, at: Spot, from?: string, to?: string): void => {
    if (from === to) return;
    const kind = from === undefined ? "added" : to === undefined ? "removed" : "changed";
    found.push({ kind, what, of, at: placeOf(now, at), ...(from && { from }), ...(to && { to }) });
  };
  for (const each of matched(ours, theirs)) {
    if (each.of === "record") found.push(...fieldsThatCameOrWent(each.now, each.before, now, before));
    else if (each.of === "field") {
      const { now: field, before: old } = each;
      const of = `${nameFor(each.record)}.${field.name}`;
      changed("name", of, field.at, old.name, field.name);
      changed("type", of, spotOf(field, "type"), describe(old.type.node), describe(field.type.node));
      changed("default", of, spotOf(field, "default"), jsonText(old), jsonText(field));
      changed("doc", of, spotOf(field, "doc"), old.doc, field.doc);
      changed("aliases", of, spotOf(field, "aliases"), listed(old.aliases), listed(field.aliases));
    } else if (each.of === "name") {
      const { now: named, before: old } = each;
      const of = nameFor(named);
      changed("name", of, spotOf(named, "name"), old.name, named.name);
      changed("doc", of, spotOf(named, "doc"), old.doc, named.doc);
      changed("aliases", of, spotOf(named, "aliases"), listed(old.aliases), listed(named.aliases));
    } else if (each.of === "enum") {
      const { now: set, before: old } = each;
      const of = nameFor(set);
      changed("symbols", of, spotOf(set, "symbols"), symbols(old), symbols(set));
      changed("enum default", of, spotOf(set, "default"), old.fallback, set.fallback);
    }
  }
  const isGone = ({ at }: Difference) => (at.file === now.file ? 0 : 1);
  return found.sort((a, b) => isGone(a) - isGone(b) || a.at.line - b.at.line || a.at.column - b.at.column);
}

function fieldsThatCameOrWent(
  now: RecordOf,
  before: RecordOf,
  version: SchemaVersion,
  older: SchemaVersion,
): Difference[] {
  const of = (field: Field) => `${nameFor(now)}.${field.name}`;
  const shape = (field: Field) => {
    const fallback = jsonText(field);
    return `${describe(field.type.node)}${fallback === undefined ? ", no default" : ` = ${fallback}`}`;
  };
  const came = now.fields.filter((field) => sameField(field, before) === undefined);
  const stays = new Set(now.fields.map((field) => sameField(field, before)));
  const went = before.fields.filter((field) => !stays.has(field));
  return [
    ...came.map(
      (field): Difference => ({
        ...{ kind: "added", what: "field", of: of(field), to: shape(field) },
        at: placeOf(version, field.at),
      }),
    ),
    ...went.map(
      (field): Difference => ({
        ...{ kind: "removed", what: "field", of: of(field), from: shape(field) },
        at: placeOf(older, field.at),
      }),
    ),
  ];
}

function treeOf(version: SchemaVersion) {
  const read = readVersion(version);
  if (!(read instanceof SchemaTextError)) return read;
  const { line, column, why } = read;
  throw new UsageError(`Cannot compare ${version.file}:${line}:${column} (${version.label}): ${why}`);
}

/** Numbers beyond 2^53 are bigints here, which JSON has no word for but their digits. */
function jsonText({ fallback }: Field): string | undefined {
  if (typeof fallback === "bigint") return String(fallback);
  return JSON.stringify(fallback, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

function listed(mentions: readonly Mention[]): string | undefined {
  return mentions.length === 0 ? undefined : mentions.map(({ name }) => name).join(", ");
}

function symbols(set: Enum): string | undefined {
  return describeSymbols(set) || undefined;
}
