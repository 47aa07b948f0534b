import { spotOf } from "../spec/node.ts";
import { ownTypes } from "./own-types.ts";
import type { StyleRule } from "./style-rule.ts";

/** An event says by `type` which record it is; a field of that name would take its place. */
export const reservedFieldName: StyleRule = {
  id: "reserved-field-name",
  category: "style",
  severity: "error",
  title: "A field is called 'type'",
  find: (schema) =>
    ownTypes(schema)
      .flatMap((node) => (node.kind === "record" ? node.fields : []))
      .filter(({ name }) => name === "type")
      .map((field) => ({
        at: spotOf(field, "name"),
        what: "field 'type' has the name by which an event says which record it is",
        who: ["workers can't tell which record they were given"],
        fix: "give it another name: 'kind', or what it is a type of",
      })),
};
