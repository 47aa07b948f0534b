import type { StyleRule } from "./style-rule.ts";

/** Until Avro 1.12 the specification asked for it; many libraries, avsc among them, still do. */
export const defaultNotFirstBranch: StyleRule = {
  id: "default-not-first-branch",
  category: "style",
  severity: "error",
  title: "A union's default is not of its first type",
  find: ({ problems }) =>
    problems
      .filter(({ about }) => about === "default order")
      .map(({ at, what }) => ({
        at,
        what,
        who: ["libraries from before Avro 1.12 refuse the schema, and so every record of it"],
        fix: "put the default's type first in the union",
      })),
};
