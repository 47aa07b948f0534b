import type { Node } from "../../workers/_runtime/avro/node.ts";

/** A type and all it is made of, each once. */
export function typesIn(node: Node, seen: Set<Node> = new Set()): Node[] {
  if (seen.has(node)) return [];
  seen.add(node);
  return [node, ...partsOf(node).flatMap((part) => typesIn(part, seen))];
}

function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "array":
      return [node.items];
    case "map":
      return [node.values];
    case "union":
      return node.branches;
    case "record":
      return node.fields.map(({ type }) => type);
    default:
      return [];
  }
}
