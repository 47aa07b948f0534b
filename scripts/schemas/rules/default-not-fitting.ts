import type { StyleRule } from "./style-rule.ts";

export const defaultNotFitting: StyleRule = {
  id: "default-not-fitting",
  category: "style",
  severity: "error",
  title: "A default is no value of its type",
  find: ({ problems }) =>
    problems
      .filter(({ about }) => about === "default")
      .map(({ at, what }) => ({
        at,
        what,
        who: ["readers that have to fill the field in, and libraries that check defaults, refuse the schema"],
        fix: "write a value of the type",
      })),
};
