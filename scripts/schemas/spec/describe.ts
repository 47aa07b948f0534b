import type { Enum, Logical, Node } from "./node.ts";

/** Characters after which a description ends in an ellipsis: a union of twenty records is no help in a line. */
const MOST_CHARACTERS = 120;

/** A type in a few words: `long (timestamp-millis)`, `null | string`, `array of record shop.Row`. */
export function describe(node: Node): string {
  return clipped(wordsFor(node));
}

/** An enum's symbols in their order: `A, B, C`. */
export function describeSymbols({ symbols }: Enum): string {
  return clipped(symbols.map(({ name }) => name).join(", "));
}

function clipped(words: string): string {
  return words.length > MOST_CHARACTERS ? `${words.slice(0, MOST_CHARACTERS - 1)}…` : words;
}

function wordsFor(node: Node): string {
  switch (node.kind) {
    case "record":
    case "enum":
      return `${node.kind} ${node.name}`;
    case "fixed":
      return `fixed ${node.name} of ${node.size} bytes${logicalWords(node.logical)}`;
    case "array":
      return `array of ${grouped(node.items.node)}`;
    case "map":
      return `map of ${grouped(node.values.node)}`;
    case "union":
      return node.branches.map((branch) => wordsFor(branch.node)).join(" | ") || "a union of nothing";
    default:
      return node.kind + logicalWords(node.logical);
  }
}

export function describeLogical({ type, precision, scale }: Logical): string {
  if (type !== "decimal") return type;
  return precision === undefined ? `decimal, scale ${scale}` : `decimal(${precision}, ${scale})`;
}

function grouped(node: Node): string {
  const words = wordsFor(node);
  return node.kind === "union" ? `(${words})` : words;
}

function logicalWords(logical: Logical | undefined): string {
  return logical === undefined ? "" : ` (${describeLogical(logical)})`;
}
