import { namespaceOf, qualify } from "../../../workers/_runtime/avro/names.ts";
import { memberOf, type ObjectNode, textOf, type ValueNode } from "./json.ts";
import { SchemaTextError } from "./schema-text-error.ts";

const PRIMITIVES: ReadonlySet<string> = new Set([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "string",
  "bytes",
]);

/** What an inner type knows of where it stands. */
export interface Scope {
  readonly source: Source;
  readonly namespace: string;
  readonly pointer: string;
  readonly depth: number;
}

/** One text: the schema's own or a referenced one's. */
export interface Source {
  readonly text: string;
  /** Full name of the referenced schema; undefined: the schema's own text. */
  readonly reference: string | undefined;
}

export interface Definition {
  readonly name: string;
  readonly json: ObjectNode;
  /** Of its inside: its own namespace. */
  readonly scope: Scope;
}

/** Bounds on what a schema may cost; the runtime's parser has the same. */
const MOST_TYPES = 20_000;
const MOST_LEVELS = 200;

/**
 * Takes down every named definition by full name, so that a name can be used before the place where it is defined.
 * @throws {SchemaTextError} for a definition without a name, two that differ, or a schema that is too large.
 */
export class Definitions {
  readonly byName = new Map<string, Definition>();
  #types = 0;

  collect(schema: ValueNode, scope: Scope): void {
    this.#types++;
    if (this.#types > MOST_TYPES || scope.depth > MOST_LEVELS) {
      throw refusal(`it has over ${MOST_TYPES} types or is over ${MOST_LEVELS} levels deep`, schema, scope);
    }
    if (schema.type === "Array") {
      for (const { value } of schema.elements) this.collect(value, inner(scope, labelOf(value, scope)));
    }
    if (schema.type !== "Object") return;
    const type = memberOf(schema, "type")?.value;
    if (type === undefined) return;
    const kind = textOf(type);
    if (kind === undefined) this.collect(type, inner(scope));
    else if (kind === "array") this.#collectMember(schema, "items", scope);
    else if (kind === "map") this.#collectMember(schema, "values", scope);
    else if (isDefinition(kind)) this.#define(schema, scope);
  }

  #collectMember(schema: ObjectNode, name: string, scope: Scope): void {
    const member = memberOf(schema, name);
    if (member !== undefined) this.collect(member.value, inner(scope, name));
  }

  #define(json: ObjectNode, scope: Scope): void {
    const name = definedName(json, scope);
    const own = { ...scope, namespace: namespaceOf(name), depth: scope.depth + 1 };
    const known = this.byName.get(name);
    if (known !== undefined) {
      if (meaningOf(known.json) === meaningOf(json)) return;
      const { line } = known.json.loc.start;
      const first =
        known.scope.source.reference === scope.source.reference ? `line ${line}` : "a referenced schema";
      throw refusal(`'${name}' is defined twice and differently, first in ${first}`, json, scope);
    }
    this.byName.set(name, { name, json, scope: own });
    const fields = memberOf(json, "fields")?.value;
    if (fields?.type !== "Array") return;
    for (const { value: field } of fields.elements) {
      if (field.type !== "Object") continue;
      const type = memberOf(field, "type")?.value;
      const label = textOf(memberOf(field, "name")?.value) ?? "?";
      if (type !== undefined) this.collect(type, inner(own, `fields/${label}/type`));
    }
  }
}

export function isDefinition(kind: string): boolean {
  return kind === "record" || kind === "error" || kind === "enum" || kind === "fixed";
}

export function isPrimitive(kind: string): boolean {
  return PRIMITIVES.has(kind);
}

/** @throws {SchemaTextError} when it has none */
export function definedName(json: ObjectNode, scope: Scope): string {
  const name = textOf(memberOf(json, "name")?.value);
  if (name === undefined || name === "") {
    throw refusal(`a ${textOf(memberOf(json, "type")?.value)} has no name`, json, scope);
  }
  return qualify(name, textOf(memberOf(json, "namespace")?.value) ?? scope.namespace);
}

/** What a branch of a union is called in pointers: its full name, or its type. */
export function labelOf(branch: ValueNode, scope: Scope): string {
  const text = textOf(branch);
  if (text !== undefined) return isPrimitive(text) ? text : qualify(text, scope.namespace);
  if (branch.type === "Array") return "union";
  if (branch.type !== "Object") return "?";
  const type = memberOf(branch, "type")?.value;
  if (type === undefined) return "?";
  const kind = textOf(type);
  if (kind === undefined) return labelOf(type, scope);
  return isDefinition(kind) ? definedName(branch, scope) : labelOf(type, scope);
}

export function inner(scope: Scope, label?: string): Scope {
  const pointer = label === undefined ? scope.pointer : `${scope.pointer}/${label}`;
  return { ...scope, pointer, depth: scope.depth + 1 };
}

export function refusal(why: string, node: ValueNode, { pointer, source }: Scope): SchemaTextError {
  return new SchemaTextError(why, { ...node.loc.start, pointer, reference: source.reference });
}

/** A definition may be repeated; its documentation may differ then. */
function meaningOf(node: ValueNode): string {
  if (node.type === "Array") return `[${node.elements.map(({ value }) => meaningOf(value)).join()}]`;
  if (node.type === "Object") {
    const members = node.members.flatMap(({ name, value }) => {
      const label = name.type === "String" ? name.value : name.name;
      return label === "doc" ? [] : [`${JSON.stringify(label)}:${meaningOf(value)}`];
    });
    return `{${members.sort().join()}}`;
  }
  return "value" in node ? JSON.stringify(node.value) : "null";
}
