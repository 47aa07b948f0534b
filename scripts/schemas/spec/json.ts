import { type MemberNode, type ObjectNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import { SchemaTextError } from "./schema-text-error.ts";

export type { MemberNode, ObjectNode, ValueNode };

/** Longest text that is read, characters; nothing that is written by hand comes near it. */
const MOST_CHARACTERS = 4_000_000;
/** Levels of brackets: the parser below calls itself for each. */
const MOST_LEVELS = 1_000;

/**
 * JSON with the place of each value.
 * @throws {SchemaTextError} at the place where it is not JSON, or too large.
 */
export function parseJson(text: string): ValueNode {
  if (text.length > MOST_CHARACTERS) {
    throw new SchemaTextError(`it is longer than ${MOST_CHARACTERS} characters`, { line: 1, column: 1 });
  }
  refuseDeep(text);
  try {
    return parse(text, { mode: "json", ranges: true }).body;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { message } = error;
    throw new SchemaTextError(`it is not JSON: ${lower(message.replace(/ \(\d+:\d+\)$/, ""))}`, {
      line: "line" in error && typeof error.line === "number" ? error.line : 1,
      column: "column" in error && typeof error.column === "number" ? error.column : 1,
    });
  }
}

/** The last of a name counts, as with every JSON reader. */
export function memberOf(node: ObjectNode, name: string): MemberNode | undefined {
  return node.members.findLast((member) => nameOf(member) === name);
}

export function nameOf(member: MemberNode): string {
  return member.name.type === "String" ? member.name.value : member.name.name;
}

/** The text of a string value; undefined for anything else. */
export function textOf(node: ValueNode | undefined): string | undefined {
  return node?.type === "String" ? node.value : undefined;
}

/**
 * The plain value. Whole numbers beyond 2^53 become a bigint: a default's last digits must not be lost before it
 * is judged. `1.0` and `1e3` are {@link Fractional}, as Avro takes neither for an int.
 */
export function plainOf(node: ValueNode, text: string): unknown {
  switch (node.type) {
    case "Object":
      return Object.fromEntries(
        node.members.map((member) => [nameOf(member), plainOf(member.value, text)] as const),
      );
    case "Array":
      return node.elements.map((element) => plainOf(element.value, text));
    case "Number": {
      const written = text.slice(node.loc.start.offset, node.loc.end.offset);
      if (!/^-?\d+$/.test(written)) return new Fractional(node.value, written);
      return Number.isSafeInteger(node.value) ? node.value : BigInt(written);
    }
    case "String":
    case "Boolean":
      return node.value;
    default:
      return null;
  }
}

/** A number that was written with a point or an exponent. */
export class Fractional {
  readonly value: number;
  readonly #written: string;

  constructor(value: number, written: string) {
    this.value = value;
    this.#written = written;
  }

  /** Raw JSON, so that what is shown is what stands in the file. */
  toString(): string {
    return this.#written;
  }
}

/** A plain value as JSON on one line, members in the order they were written. */
export function showJson(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint" || value instanceof Fractional) return String(value);
  if (Array.isArray(value)) return `[${value.map(showJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${showJson(each)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function refuseDeep(text: string): void {
  let [depth, line, lineStart] = [0, 1, 0];
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\n") [line, lineStart] = [line + 1, at + 1];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > MOST_LEVELS) {
      const column = at - lineStart + 1;
      throw new SchemaTextError(`it is nested over ${MOST_LEVELS} levels deep`, { line, column });
    }
  }
}

function lower(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}
