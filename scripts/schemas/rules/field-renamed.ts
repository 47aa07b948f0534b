import { describe } from "../spec/describe.ts";
import { type Field, spotOf } from "../spec/node.ts";
import { sameField } from "./matched.ts";
import type { MeaningRule } from "./meaning-rule.ts";

/** One field gone, another of the same type come: old records lose the value, and only a default stands there. */
export const fieldRenamed: MeaningRule = {
  id: "field-renamed",
  category: "meaning",
  severity: "error",
  title: "A field was renamed without an alias",
  find(pair) {
    if (pair.of !== "record") return [];
    const { now, before } = pair;
    const come = now.fields.filter((field) => sameField(field, before) === undefined);
    const gone = before.fields.filter((field) => sameField(field, now) === undefined);
    return come.flatMap((field) => {
      const [old, ...others] = gone.filter((other) => alike(field, other));
      const rivals = come.filter((other) => alike(field, other));
      // With two candidates it would be a guess.
      if (old === undefined || others.length > 0 || rivals.length > 1) return [];
      return [
        {
          at: { ...spotOf(field, "name"), pointer: field.at.pointer },
          against: spotOf(old, "name"),
          what: `field '${old.name}' went and '${field.name}' of the same type came, without an alias`,
          from: old.name,
          to: field.name,
          who: [
            `readers with the new schema don't see what was written as '${old.name}', nor older readers what is written now`,
          ],
          fix: `add "aliases": ["${old.name}"] to '${field.name}'; if it is another thing, say so in a waiver`,
        },
      ];
    });
  },
};

function alike(one: Field, other: Field): boolean {
  return describe(one.type.node) === describe(other.type.node);
}
