import { simpleName } from "../../../workers/_runtime/avro/names.ts";
import { spotOf } from "../spec/node.ts";
import { ownTypes } from "./own-types.ts";
import type { StyleRule } from "./style-rule.ts";

/** Schemas are what teams know of each other: unit, currency and personal marks stand in docs or nowhere. */
export const missingDoc: StyleRule = {
  id: "missing-doc",
  category: "style",
  severity: "error",
  title: "A record or a field has no doc",
  find: (schema) =>
    ownTypes(schema).flatMap((node) => {
      if (node.kind !== "record") return [];
      const lacking = [{ word: "record", one: node }, ...node.fields.map((one) => ({ word: "field", one }))];
      return lacking
        .filter(({ one }) => one.doc === undefined || one.doc.trim() === "")
        .map(({ word, one }) => ({
          at: { ...spotOf(one, "name"), pointer: one.at.pointer },
          what: `${word} '${simpleName(one.name)}' has no doc`,
          who: ["other teams have to ask, or guess, what it holds"],
          fix: `add a "doc": what it is, its unit, and "Personal:" first if it tells of a person`,
        }));
    }),
};
