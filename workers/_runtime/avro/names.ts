import type { AvroSchema } from "../event.ts";
import { InvalidSchema } from "./failures.ts";

/** A JSON object. */
export type Json = { readonly [key: string]: unknown };

/**
 * The full name under which a schema is known on a topic: a record's, or the type's own for what has none.
 * Needs no more than the first level, so that it answers for a schema that can't be read further.
 */
export function fullName(schema: AvroSchema): string {
  if (typeof schema === "string") return schema;
  if (!isObject(schema)) return "union";
  if (typeof schema.name === "string") return fullNameOf(schema, "");
  return typeof schema.type === "string" ? schema.type : "unknown";
}

/** The part of a full name behind the last dot. */
export function simpleName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

export function fullNameOf(json: Json, namespace: string): string {
  if (typeof json.name !== "string" || json.name === "") {
    throw new InvalidSchema(`Cannot read schema as a ${String(json.type)} has no name`);
  }
  return qualify(json.name, typeof json.namespace === "string" ? json.namespace : namespace);
}

export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

export function qualify(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
