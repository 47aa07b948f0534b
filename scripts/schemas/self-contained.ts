import { fullNameOf, isObject, namespaceOf, qualify } from "../../workers/_runtime/avro/names.ts";
import type { AvroSchema } from "../../workers/_runtime/mod.ts";

const PRIMITIVES: ReadonlySet<string> = new Set(
  "null boolean int long float double string bytes array map record error enum fixed".split(" "),
);

/**
 * A schema with every type that it takes from `references` written out where it is first used, as the runtime and the
 * registry get it: then neither needs references. What it defines itself stays as it is written.
 */
export function selfContained(schema: AvroSchema, references: readonly AvroSchema[]): AvroSchema {
  const outside = new Map<string, AvroSchema>();
  for (const reference of references) collect(reference, "", outside);
  const own = new Map<string, AvroSchema>();
  collect(schema, "", own);
  for (const name of own.keys()) outside.delete(name);
  if (outside.size === 0) return schema;
  const written = new Set<string>();

  const inlined = (part: unknown, namespace: string): unknown => {
    if (typeof part === "string") {
      if (PRIMITIVES.has(part)) return part;
      const name = outside.has(qualify(part, namespace)) ? qualify(part, namespace) : part;
      const definition = outside.get(name);
      if (definition === undefined) return part;
      return withNamespace(inlined(definition, namespaceOf(name)), namespaceOf(name));
    }
    if (Array.isArray(part)) return part.map((branch) => inlined(branch, namespace));
    if (!isObject(part)) return part;
    const { type } = part;
    if (isDefinition(type)) {
      const name = fullNameOf(part, namespace);
      // Also what came along inside another definition is written out once only.
      if (written.has(name)) return name;
      if (outside.has(name)) written.add(name);
    }
    if (type === "array") return { ...part, items: inlined(part.items, namespace) };
    if (type === "map") return { ...part, values: inlined(part.values, namespace) };
    if (type === "record" || type === "error") {
      const inside = namespaceOf(fullNameOf(part, namespace));
      const fields: readonly unknown[] = Array.isArray(part.fields) ? part.fields : [];
      return {
        ...part,
        fields: fields.map((field) =>
          isObject(field) ? { ...field, type: inlined(field.type, inside) } : field,
        ),
      };
    }
    if (type === "enum" || type === "fixed" || (typeof type === "string" && PRIMITIVES.has(type)))
      return part;
    return { ...part, type: inlined(type, namespace) };
  };
  // Every branch above gives back what it was given, or a schema for a name.
  return inlined(schema, "") as AvroSchema;
}

function isDefinition(type: unknown): boolean {
  return type === "record" || type === "error" || type === "enum" || type === "fixed";
}

/** Its names must stay what they are, wherever it is put. */
function withNamespace(definition: unknown, namespace: string): unknown {
  if (!isObject(definition)) return definition;
  const isQualified = typeof definition.name === "string" && definition.name.includes(".");
  return isQualified ? definition : { ...definition, namespace };
}

/** Every named definition in a schema, by full name. */
function collect(part: unknown, namespace: string, into: Map<string, AvroSchema>): void {
  if (Array.isArray(part)) for (const branch of part) collect(branch, namespace, into);
  if (!isObject(part)) return;
  const { type } = part;
  if (typeof type === "object") collect(type, namespace, into);
  else if (type === "array") collect(part.items, namespace, into);
  else if (type === "map") collect(part.values, namespace, into);
  else if (isDefinition(type)) {
    const name = fullNameOf(part, namespace);
    if (!into.has(name)) into.set(name, part);
    const fields: readonly unknown[] = Array.isArray(part.fields) ? part.fields : [];
    for (const field of fields) if (isObject(field)) collect(field.type, namespaceOf(name), into);
  }
}
