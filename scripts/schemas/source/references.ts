const PRIMITIVES: ReadonlySet<string> = new Set([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
]);

/** Levels of nesting that are looked at; deeper ones are refused by the parser anyway. */
const MOST_LEVELS = 512;

/** What a schema text says about names: its own, and those it uses without defining them. */
export interface SchemaNames {
  /** Full name of the outermost named type; undefined when it is a primitive, a union or no schema at all. */
  readonly name: string | undefined;
  /** Full names that another schema must define. */
  readonly wanted: readonly string[];
}

/**
 * @throws {SyntaxError} when the text is not JSON
 */
export function schemaNames(text: string): SchemaNames {
  const schema: unknown = JSON.parse(text);
  const defined = new Set<string>();
  const used = new Set<string>();
  walk(schema, "", defined, used, 0);
  return { name: nameOf(schema, ""), wanted: [...used].filter((name) => !defined.has(name)) };
}

/** @throws {SyntaxError} when the text is not JSON */
export type NamesOf = (text: string) => SchemaNames;

/** A history holds the same text many times. Remembers as long as it is held, one entry a distinct text. */
export function rememberingNames(): NamesOf {
  const known = new Map<string, SchemaNames>();
  return (text) => {
    const found = known.get(text) ?? schemaNames(text);
    known.set(text, found);
    return found;
  };
}

/**
 * Texts of all schemas that `text` needs, the innermost first. A name that nobody defines is left out: who parses
 * the schema says so, at its place.
 */
export function referencesOf(
  text: string,
  textOf: (fullName: string) => string | undefined,
  namesOf: NamesOf = schemaNames,
): string[] {
  const texts: string[] = [];
  const seen = new Set<string>([text]);
  const collect = (from: string, depth: number): void => {
    if (depth > MOST_LEVELS) return;
    for (const name of namesOf(from).wanted) {
      const found = textOf(name);
      if (found === undefined || seen.has(found)) continue;
      seen.add(found);
      collect(found, depth + 1);
      texts.push(found);
    }
  };
  collect(text, 0);
  return texts;
}

function walk(schema: unknown, space: string, defined: Set<string>, used: Set<string>, depth: number): void {
  if (depth > MOST_LEVELS) return;
  if (typeof schema === "string") {
    if (!PRIMITIVES.has(schema)) used.add(qualified(schema, space));
    return;
  }
  if (Array.isArray(schema)) {
    for (const branch of schema) walk(branch, space, defined, used, depth + 1);
    return;
  }
  if (typeof schema !== "object" || schema === null || !("type" in schema)) return;
  const { type } = schema;
  if (type === "record" || type === "error" || type === "enum" || type === "fixed") {
    const name = nameOf(schema, space);
    if (name !== undefined) defined.add(name);
    const inner = name === undefined ? space : name.slice(0, Math.max(0, name.lastIndexOf(".")));
    const fields: unknown = "fields" in schema ? schema.fields : undefined;
    for (const field of Array.isArray(fields) ? fields : []) {
      if (typeof field === "object" && field !== null && "type" in field)
        walk(field.type, inner, defined, used, depth + 1);
    }
  } else if (type === "array") walk("items" in schema ? schema.items : null, space, defined, used, depth + 1);
  else if (type === "map") walk("values" in schema ? schema.values : null, space, defined, used, depth + 1);
  else walk(type, space, defined, used, depth + 1);
}

function nameOf(schema: unknown, space: string): string | undefined {
  if (typeof schema !== "object" || schema === null || !("name" in schema)) return undefined;
  if (typeof schema.name !== "string") return undefined;
  const own = "namespace" in schema && typeof schema.namespace === "string" ? schema.namespace : space;
  return qualified(schema.name, own);
}

function qualified(name: string, space: string): string {
  return name.includes(".") || space === "" ? name : `${space}.${name}`;
}
