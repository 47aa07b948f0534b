import type { AvroSchema } from "../event.ts";
import { InvalidSchema } from "./failures.ts";
import { fullNameOf, isObject, type Json, namespaceOf, qualify } from "./names.ts";
import type { Field, Logical, Named, Node, PrimitiveKind, RecordOf, Union } from "./node.ts";

const PRIMITIVES: ReadonlySet<string> = new Set<PrimitiveKind>([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "string",
  "bytes",
]);
const isPrimitive = (name: string): name is PrimitiveKind => PRIMITIVES.has(name);

const isDefinition = (type: unknown) =>
  type === "record" || type === "error" || type === "enum" || type === "fixed";

/** Bounds on what a schema may cost: nothing that is written by hand comes near them. */
const MOST_NODES = 20_000;
const MOST_DEPTH = 200;

interface Scope {
  readonly namespace: string;
  readonly depth: number;
}

/**
 * Reads a schema by the specification: names in any order (a field may name a record that is defined further
 * down), a definition repeated word for word is one, unknown attributes are nothing. Does not check defaults.
 * @param referenced schemas whose names `schema` may use
 * @throws {InvalidSchema} saying what is wrong with which name.
 */
export function parseSchema(schema: AvroSchema, referenced: readonly AvroSchema[] = []): Node {
  return new Parser().parse(schema, referenced);
}

class Parser {
  readonly #definitions = new Map<
    string,
    { readonly json: Json; readonly text: string; readonly scope: Scope }
  >();
  readonly #built = new Map<string, Node>();
  #nodes = 0;

  parse(schema: AvroSchema, referenced: readonly AvroSchema[]): Node {
    const top = { namespace: "", depth: 0 };
    for (const other of referenced) this.#collect(other, top);
    this.#collect(schema, top);
    return this.#node(schema, top);
  }

  /** Takes down every named definition, so that names can be used before they are defined. */
  #collect(schema: unknown, scope: Scope): void {
    this.#count(scope);
    const inner = { namespace: scope.namespace, depth: scope.depth + 1 };
    if (Array.isArray(schema)) for (const branch of schema) this.#collect(branch, inner);
    if (!isObject(schema)) return;
    const { type } = schema;
    if (typeof type === "object") this.#collect(type, inner);
    else if (type === "array") this.#collect(schema.items, inner);
    else if (type === "map") this.#collect(schema.values, inner);
    else if (isDefinition(type)) this.#define(schema, scope);
  }

  #define(json: Json, scope: Scope): void {
    const name = fullNameOf(json, scope.namespace);
    const text = JSON.stringify(json);
    const known = this.#definitions.get(name);
    if (known !== undefined && known.text !== text) {
      throw new InvalidSchema(
        `Cannot read schema as '${name}' must have one definition: it has two that differ`,
      );
    }
    const own = { namespace: namespaceOf(name), depth: scope.depth + 1 };
    this.#definitions.set(name, { json, text, scope: own });
    const fields: readonly unknown[] = Array.isArray(json.fields) ? json.fields : [];
    for (const field of fields) if (isObject(field)) this.#collect(field.type, own);
  }

  #node(schema: unknown, scope: Scope): Node {
    this.#count(scope);
    const inner = { namespace: scope.namespace, depth: scope.depth + 1 };
    if (typeof schema === "string") return this.#named(schema, scope);
    if (Array.isArray(schema)) return this.#union(schema, inner);
    if (!isObject(schema))
      throw new InvalidSchema(`Cannot read schema as a type is missing: current value is ${show(schema)}`);
    const { type } = schema;
    if (typeof type !== "string") return this.#node(type, inner);
    if (isPrimitive(type)) {
      const bigint = type === "long" && schema.tsType === "bigint" ? { bigint: true as const } : {};
      return { kind: type, logical: logicalOf(schema), ...bigint };
    }
    if (type === "array") return { kind: "array", items: this.#node(schema.items, inner) };
    if (type === "map") return { kind: "map", values: this.#node(schema.values, inner) };
    if (isDefinition(type)) return this.#definition(fullNameOf(schema, scope.namespace));
    return this.#named(type, scope);
  }

  #named(name: string, scope: Scope): Node {
    if (isPrimitive(name)) return { kind: name, logical: undefined };
    const full = qualify(name, scope.namespace);
    if (this.#definitions.has(full)) return this.#definition(full);
    // The null namespace is where older writers put names that they did not qualify.
    if (this.#definitions.has(name)) return this.#definition(name);
    throw new InvalidSchema(
      `Cannot read schema as it names a type that it doesn't define: current value is '${full}'`,
    );
  }

  #union(schema: readonly unknown[], scope: Scope): Union {
    const branches = schema.map((branch) => this.#node(branch, scope));
    const seen = new Set<string>();
    for (const branch of branches) {
      const label = "name" in branch ? branch.name : branch.kind;
      if (branch.kind === "union" || seen.has(label)) {
        throw new InvalidSchema(
          `Cannot read schema as a union holds one branch of each type and no union: current value is '${label}'`,
        );
      }
      seen.add(label);
    }
    return { kind: "union", branches };
  }

  #definition(name: string): Node {
    const built = this.#built.get(name);
    if (built !== undefined) return built;
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new InvalidSchema(`Cannot read schema as '${name}' is not defined`);
    const { json, scope } = definition;
    const aliases = texts(json.aliases ?? [], `aliases of '${name}'`).map((alias) =>
      qualify(alias, scope.namespace),
    );
    if (json.type === "fixed") {
      const { size } = json;
      if (typeof size !== "number" || !Number.isInteger(size) || size < 0) {
        throw new InvalidSchema(
          `Cannot read schema as the size of '${name}' must be a whole number: current value is ${show(size)}`,
        );
      }
      return this.#keep({ kind: "fixed", name, aliases, size, logical: logicalOf(json) });
    }
    if (json.type === "enum") {
      const symbols = texts(json.symbols, `symbols of '${name}'`);
      const fallback = typeof json.default === "string" ? json.default : undefined;
      return this.#keep({ kind: "enum", name, aliases, symbols, fallback });
    }
    const record: RecordOf = { kind: "record", name, aliases, fields: [] };
    this.#keep(record);
    if (!Array.isArray(json.fields)) throw new InvalidSchema(`Cannot read schema as '${name}' has no fields`);
    for (const field of json.fields) record.fields.push(this.#field(field, name, scope));
    if (new Set(record.fields.map((field) => field.name)).size < record.fields.length) {
      throw new InvalidSchema(`Cannot read schema as '${name}' has two fields of one name`);
    }
    return record;
  }

  #field(json: unknown, record: string, scope: Scope): Field {
    if (!isObject(json) || typeof json.name !== "string") {
      throw new InvalidSchema(`Cannot read schema as a field of '${record}' has no name`);
    }
    return {
      name: json.name,
      aliases: texts(json.aliases ?? [], `aliases of '${record}.${json.name}'`),
      type: this.#node(json.type, scope),
      fallback: json.default,
    };
  }

  #keep<N extends Node & Named>(node: N): N {
    this.#built.set(node.name, node);
    return node;
  }

  #count({ depth }: Scope): void {
    this.#nodes++;
    if (this.#nodes > MOST_NODES || depth > MOST_DEPTH) {
      throw new InvalidSchema(
        `Cannot read schema as it is larger than ${MOST_NODES} types or deeper than ${MOST_DEPTH}`,
      );
    }
  }
}

function logicalOf(json: Json): Logical | undefined {
  if (typeof json.logicalType !== "string") return undefined;
  return { type: json.logicalType, scale: typeof json.scale === "number" ? json.scale : undefined };
}

function texts(value: unknown, what: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new InvalidSchema(
    `Cannot read schema as the ${what} must be a list of names: current value is ${show(value)}`,
  );
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 80);
}
