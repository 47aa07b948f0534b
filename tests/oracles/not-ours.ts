import type { Node } from "../../workers/_runtime/avro/node.ts";
import { typesIn } from "./types-in.ts";

/** Where a judge has no opinion on bytes; docs/oracles.md tells why for each. */
export const NOT_OURS = [
  {
    says: /^java\.lang\.StackOverflowError/,
    why: "Avro Java can't take a type that holds itself without a choice",
  },
  {
    says: /^org\.apache\.avro\.InvalidNumberEncodingException: Invalid int encoding/,
    why: "Avro Java refuses an int that is written in more bytes than it need be",
  },
  { says: /^java\.lang\.NullPointerException/, why: "Avro Java fails with a NullPointerException" },
  {
    says: /^java\.io\.EOFException: Collection claims/,
    why: "Avro Java takes the reader's elements for the written ones when it bounds a block",
  },
  { says: /^ValueError: .* do not match /s, why: "fastavro's writer finds no branch for what it read" },
];

const NUMBERS = new Set<string>(["int", "long", "float", "double"]);

/**
 * Whether fastavro, writing what it has read, may take another branch of a union: the first number type will do for any
 * number, bytes are a list of numbers, and a record without fields is any map.
 */
export function isAmbiguousInPython(node: Node): boolean {
  return typesIn(node).some((type) => {
    if (type.kind !== "union") return false;
    const kinds = type.branches.map(({ kind }) => kind);
    const isBytes = (kind: string) => kind === "bytes" || kind === "fixed";
    return (
      kinds.filter((kind) => NUMBERS.has(kind)).length > 1 ||
      (kinds.includes("array") && kinds.some(isBytes)) ||
      (kinds.includes("map") && kinds.includes("record"))
    );
  });
}
