import { qualify } from "../../../workers/_runtime/avro/names.ts";
import {
  Definitions,
  definedName,
  inner,
  isDefinition,
  isPrimitive,
  labelOf,
  refusal,
  type Scope,
} from "./definitions.ts";
import { memberOf, nameOf, type ObjectNode, parseJson, plainOf, textOf, type ValueNode } from "./json.ts";
import {
  type ArrayOf,
  type Base,
  type Enum,
  type Field,
  type Fixed,
  isNamed,
  type Located,
  type Logical,
  type MapOf,
  type Mention,
  type Named,
  type Node,
  type Primitive,
  type PrimitiveKind,
  type Problem,
  type RecordOf,
  type Spot,
  type Union,
  type Use,
} from "./node.ts";
import { problemsOf } from "./problems.ts";
import { SchemaTextError } from "./schema-text-error.ts";

/**
 * Reads a schema's text by the specification: names in any order, a definition repeated is one, unknown attributes
 * are nothing. What is forbidden but can be read (a default that doesn't fit, a bad name) is in `problems`, so that
 * an old version that a registry took can still be compared.
 * @param references - texts of schemas whose names `text` may use
 * @throws {SchemaTextError} when no tree can be made of it, with the place.
 */
export function locate(text: string, references: readonly string[] = []): Located {
  const definitions = new Definitions();
  for (const reference of references) {
    const json = parseJson(reference);
    const name = json.type === "Object" ? definedName(json, topOf(reference, undefined)) : "union";
    definitions.collect(json, topOf(reference, name));
  }
  const json = parseJson(text);
  const top = topOf(text, undefined);
  definitions.collect(json, top);
  const builder = new Builder(definitions);
  const root = builder.use(json, top);
  const { named, problems } = builder;
  return { root, named, problems: [...problems, ...problemsOf(named)] };
}

function topOf(text: string, reference: string | undefined): Scope {
  return { source: { text, reference }, namespace: "", pointer: "", depth: 0 };
}

class Builder {
  readonly named = new Map<string, Named>();
  readonly problems: Problem[] = [];
  readonly #definitions: Definitions;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  use(schema: ValueNode, scope: Scope): Use {
    return { node: this.#node(schema, scope), at: spot(schema, scope) };
  }

  #node(schema: ValueNode, scope: Scope): Node {
    if (schema.type === "String") return this.#byName(schema.value, schema, scope);
    if (schema.type === "Array") return this.#union(schema.elements, schema, scope);
    if (schema.type !== "Object") throw refusal("a type must be a name, an object or a list", schema, scope);
    const type = memberOf(schema, "type")?.value;
    if (type === undefined)
      throw refusal("an object that is a type must have the attribute 'type'", schema, scope);
    const kind = textOf(type);
    if (kind === undefined) return this.#node(type, inner(scope));
    if (isDefinition(kind)) return this.#definition(definedName(schema, scope), schema, scope);
    if (kind === "array") {
      const base = this.#base(schema, scope);
      return { kind: "array", ...base, items: this.#member(schema, "items", scope) } satisfies ArrayOf;
    }
    if (kind === "map") {
      const base = this.#base(schema, scope);
      return { kind: "map", ...base, values: this.#member(schema, "values", scope) } satisfies MapOf;
    }
    if (!isPrimitive(kind)) return this.#byName(kind, type, scope);
    return this.#primitive(kind, this.#base(schema, scope), this.#logical(schema, scope));
  }

  #member(schema: ObjectNode, name: string, scope: Scope): Use {
    const member = memberOf(schema, name);
    if (member === undefined) throw refusal(`a type lacks its attribute '${name}'`, schema, scope);
    return this.use(member.value, inner(scope, name));
  }

  #byName(name: string, at: ValueNode, scope: Scope): Node {
    if (isPrimitive(name))
      return this.#primitive(name, { at: spot(at, scope), attributes: new Map() }, undefined);
    const full = qualify(name, scope.namespace);
    // The null namespace is where older writers put names that they did not qualify.
    for (const each of [full, name]) {
      if (this.#definitions.byName.has(each)) return this.#definition(each, at, scope);
    }
    throw refusal(`'${full}' is neither a type of Avro's nor defined here`, at, scope);
  }

  #primitive(kind: string, base: Base, logical: Logical | undefined): Primitive {
    // `isPrimitive` was asked.
    return { kind: kind as PrimitiveKind, ...base, logical };
  }

  #union(elements: readonly { readonly value: ValueNode }[], schema: ValueNode, scope: Scope): Union {
    const branches = elements.map(({ value }) => this.use(value, inner(scope, labelOf(value, scope))));
    const seen = new Set<string>();
    for (const { node, at } of branches) {
      const label = isNamed(node) ? node.name : node.kind;
      if (label === "union") throw new SchemaTextError("a union stands directly in a union", at);
      if (seen.has(label)) {
        throw new SchemaTextError(
          `a union has two branches of type '${label}': a value can't tell its own`,
          at,
        );
      }
      seen.add(label);
    }
    return { kind: "union", at: spot(schema, scope), attributes: new Map(), branches };
  }

  #definition(name: string, at: ValueNode, outer: Scope): Named {
    const built = this.named.get(name);
    if (built !== undefined) return built;
    const definition = this.#definitions.byName.get(name);
    if (definition === undefined) throw refusal(`'${name}' is not defined`, at, outer);
    const { json, scope } = definition;
    const common = {
      ...this.#base(json, scope),
      name,
      aliases: this.#mentions(json, "aliases", scope).map((alias) => ({
        ...alias,
        name: qualify(alias.name, scope.namespace),
      })),
      doc: textOf(memberOf(json, "doc")?.value),
    };
    const kind = textOf(memberOf(json, "type")?.value);
    if (kind === "fixed") {
      const size = memberOf(json, "size")?.value;
      if (size?.type !== "Number" || !Number.isSafeInteger(size.value) || size.value < 0) {
        throw refusal(`the size of '${name}' must be a whole number of bytes`, size ?? json, scope);
      }
      const fixed: Fixed = { kind, ...common, size: size.value, logical: this.#logical(json, scope) };
      this.named.set(name, fixed);
      return fixed;
    }
    if (kind === "enum") {
      if (memberOf(json, "symbols") === undefined)
        throw refusal(`enum '${name}' has no symbols`, json, scope);
      const fallback = textOf(memberOf(json, "default")?.value);
      const node: Enum = { kind, ...common, symbols: this.#mentions(json, "symbols", scope), fallback };
      this.named.set(name, node);
      return node;
    }
    const record: RecordOf = { kind: "record", ...common, fields: [] };
    this.named.set(name, record);
    const fields = memberOf(json, "fields")?.value;
    if (fields?.type !== "Array")
      throw refusal(`record '${name}' has no list of fields`, fields ?? json, scope);
    for (const { value } of fields.elements) record.fields.push(this.#field(value, name, scope));
    return record;
  }

  #field(json: ValueNode, record: string, scope: Scope): Field {
    if (json.type !== "Object") throw refusal(`a field of '${record}' is no object`, json, scope);
    const name = textOf(memberOf(json, "name")?.value);
    if (name === undefined) throw refusal(`a field of '${record}' has no name`, json, scope);
    const own = inner(scope, `fields/${name}`);
    const fallback = memberOf(json, "default");
    const type = memberOf(json, "type");
    const order = memberOf(json, "order");
    if (type === undefined) throw refusal(`field '${name}' of '${record}' has no type`, json, own);
    return {
      ...this.#base(json, own),
      name,
      aliases: this.#mentions(json, "aliases", own),
      type: this.use(type.value, inner(own, "type")),
      fallback: fallback && plainOf(fallback.value, scope.source.text),
      order: order && (textOf(order.value) ?? ""),
      doc: textOf(memberOf(json, "doc")?.value),
    };
  }

  #base(json: ObjectNode, scope: Scope): Base {
    const attributes = new Map<string, Spot>();
    for (const member of json.members) {
      const name = nameOf(member);
      const at = spot(member.value, inner(scope, name));
      if (attributes.has(name) && scope.source.reference === undefined) {
        this.problems.push({
          at,
          what: `attribute '${name}' is written twice, the last one counts`,
          about: "attribute",
        });
      }
      attributes.set(name, at);
    }
    return { at: spot(json, scope), attributes };
  }

  #mentions(json: ObjectNode, attribute: string, scope: Scope): Mention[] {
    const list = memberOf(json, attribute)?.value;
    if (list === undefined) return [];
    const elements = list.type === "Array" ? list.elements.map(({ value }) => value) : [];
    if (list.type !== "Array" || elements.some(({ type }) => type !== "String")) {
      throw refusal(`'${attribute}' must be a list of names`, list, scope);
    }
    return elements.map((element) => {
      const name = textOf(element) ?? "";
      return { name, at: spot(element, inner(scope, `${attribute}/${name}`)) };
    });
  }

  #logical(json: ObjectNode, scope: Scope): Logical | undefined {
    const type = textOf(memberOf(json, "logicalType")?.value);
    if (type === undefined) return undefined;
    const number = (name: string) => {
      const member = memberOf(json, name);
      const value = member && plainOf(member.value, scope.source.text);
      return typeof value === "number" ? value : undefined;
    };
    return { type, scale: number("scale") ?? 0, precision: number("precision") };
  }
}

function spot(node: ValueNode, { pointer, source }: Scope): Spot {
  const { line, column } = node.loc.start;
  return { line, column, pointer, reference: source.reference };
}
