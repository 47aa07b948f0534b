import type { Located, Named } from "../spec/node.ts";

/** The named types of the schema's own text; those it refers to are judged in their own files. */
export function ownTypes({ named }: Located): Named[] {
  return [...named.values()].filter(({ at }) => at.reference === undefined);
}
