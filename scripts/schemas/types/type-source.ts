import { isObject, type Json, qualify, simpleName } from "../../../workers/_runtime/avro/names.ts";
import { UsageError } from "../../../workers/_runtime/mod.ts";
import { type Definition, fieldsOf } from "./definitions.ts";
import { property } from "./identifiers.ts";
import { needsBigint, unitOf } from "./units.ts";

const PRIMITIVES: Readonly<Record<string, string>> = {
  null: "null",
  boolean: "boolean",
  int: "number",
  long: "number",
  float: "number",
  double: "number",
  string: "string",
  bytes: "Buffer",
};

/** All named types, and what each is called in TypeScript. */
export interface Known {
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly identifiers: ReadonlyMap<string, string>;
}

interface Where {
  readonly known: Known;
  readonly namespace: string;
  readonly file: string;
}

/** A record's fields as members of an interface. */
export function membersOf({ json, namespace, file }: Definition, known: Known): string {
  return fieldsOf(json)
    .map(({ name, doc, type }) => {
      const text = [typeof doc === "string" ? doc : undefined, unitOf(type)].filter(
        (part) => part !== undefined,
      );
      return `${docSource(text.join(" "))}${property(String(name))}: ${typeSource(type, { known, namespace, file })};\n`;
    })
    .join("");
}

export function docSource(doc: unknown): string {
  if (typeof doc !== "string" || doc === "") return "";
  // The end of a comment in a text must not end ours.
  return `/** ${doc.replaceAll("*/", "*\\/").replaceAll(/\s+/g, " ")} */\n`;
}

/** @throws {UsageError} naming the file, for what can't be a type of an event */
function typeSource(type: unknown, where: Where): string {
  if (typeof type === "string") return PRIMITIVES[type] ?? use(named(type, where), where);
  if (Array.isArray(type)) return unionSource(type, where);
  if (!isObject(type)) throw refusal("a type is missing", where);
  switch (type.type) {
    case "array":
      return `(${typeSource(type.items, where)})[]`;
    case "map":
      return `Record<string, ${typeSource(type.values, where)}>`;
    case "long":
      if (needsBigint(type)) {
        throw refusal(
          `nanoseconds are beyond what a number holds: mark the long with "tsType": "bigint"`,
          where,
        );
      }
      return type.tsType === "bigint" ? "bigint" : "number";
    case "record":
    case "error":
    case "enum":
    case "fixed":
      return use(named(String(type.name), { ...where, namespace: namespaceIn(type, where) }), where);
    default:
      return typeSource(type.type, where);
  }
}

/** Decoded, a record in a union says by `type` which it is (`union-label.ts`); elsewhere it has none. */
function unionSource(branches: readonly unknown[], where: Where): string {
  const records = branches.flatMap((branch) => recordIn(branch, where) ?? []);
  const sources = branches.map((branch) => {
    const record = recordIn(branch, where);
    if (record === undefined) return typeSource(branch, where);
    if (fieldsOf(record.json).some(({ name }) => name === "type")) {
      throw refusal(
        `'${record.fullName}' is told apart from other branches by 'type', the name of a field of its own: rename the field`,
        where,
      );
    }
    const simple = simpleName(record.fullName);
    const isShared = records.some((other) => other !== record && simpleName(other.fullName) === simple);
    if (record.isEvent && !isShared) return identifierOf(record, where);
    return `({ type: ${JSON.stringify(isShared ? record.fullName : simple)} } & ${use(record, where)})`;
  });
  return [...new Set(sources)].join(" | ") || "never";
}

function recordIn(branch: unknown, where: Where): Definition | undefined {
  if (typeof branch === "string") {
    const found = branch in PRIMITIVES ? undefined : named(branch, where);
    return found?.kind === "record" ? found : undefined;
  }
  if (!isObject(branch) || (branch.type !== "record" && branch.type !== "error")) return undefined;
  return named(String(branch.name), { ...where, namespace: namespaceIn(branch, where) });
}

/** A value of the type itself: an event's `type` is only there for the event. */
function use(definition: Definition, where: Where): string {
  if (definition.kind === "fixed") return "Buffer";
  const name = identifierOf(definition, where);
  return definition.isEvent ? `Omit<${name}, "type">` : name;
}

function identifierOf({ fullName }: Definition, { known }: Where): string {
  return known.identifiers.get(fullName) ?? simpleName(fullName);
}

function namespaceIn({ namespace }: Json, where: Where): string {
  return typeof namespace === "string" ? namespace : where.namespace;
}

function named(name: string, where: Where): Definition {
  const { definitions } = where.known;
  const found = definitions.get(qualify(name, where.namespace)) ?? definitions.get(name);
  if (found !== undefined) return found;
  throw refusal(`'${name}' is defined in none of the schemas`, where);
}

function refusal(why: string, { file }: Where): UsageError {
  return new UsageError(`Cannot generate types of 'schemas/${file}' as ${why}`);
}
