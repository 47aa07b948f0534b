import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { UsageError } from "../../workers/_runtime/mod.ts";

export type EventJson = { readonly [field: string]: unknown };

/** @throws {UsageError} when it can't be read, or is no JSON object */
export async function eventFromFile(file: string): Promise<EventJson> {
  try {
    return parseEvent(file === "-" ? await text(process.stdin) : await readFile(file, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot take the new event from '${file}': ${why}`, { cause: error });
  }
}

/** @throws {SyntaxError} saying where it is no JSON, or that it is no object */
export function parseEvent(json: string): EventJson {
  const parsed: unknown = JSON.parse(json);
  if (!isObject(parsed)) throw new SyntaxError("it is JSON, but no object");
  return parsed;
}

function isObject(value: unknown): value is EventJson {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
