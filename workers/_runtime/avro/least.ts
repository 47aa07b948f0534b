import type { Node } from "./node.ts";

// A record is asked for once: schemas can name one so often that walking each use would take for ever.
const KNOWN = new WeakMap<Node, number>();

/** Bytes that a value of `node` takes at least on the wire. */
export function leastBytes(node: Node): number {
  switch (node.kind) {
    case "null":
      return 0;
    case "float":
      return 4;
    case "double":
      return 8;
    case "fixed":
      return node.size;
    case "record": {
      const known = KNOWN.get(node);
      if (known !== undefined) return known;
      // A record inside itself without a choice has no finite value; any bound is right.
      KNOWN.set(node, 0);
      const least = node.fields.reduce((sum, field) => sum + leastBytes(field.type), 0);
      KNOWN.set(node, least);
      return least;
    }
    default:
      return 1;
  }
}
