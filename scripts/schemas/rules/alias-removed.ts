import { spotOf } from "../spec/node.ts";
import type { MeaningRule } from "./meaning-rule.ts";

/** An alias is there for records under the old name; they outlive the memory of why it is there. */
export const aliasRemoved: MeaningRule = {
  id: "alias-removed",
  category: "meaning",
  severity: "error",
  title: "An alias was removed",
  find(pair) {
    if (pair.of !== "field" && pair.of !== "name") return [];
    const { now, before } = pair;
    const kept = new Set([now.name, ...now.aliases.map(({ name }) => name)]);
    const word = pair.of === "field" ? "field" : pair.now.kind;
    return before.aliases
      .filter(({ name }) => !kept.has(name))
      .map(({ name, at: against }) => ({
        at: {
          ...spotOf(now, now.attributes.has("aliases") ? "aliases" : "name"),
          pointer: `${now.at.pointer}/aliases/${name}`,
        },
        against,
        what: `alias '${name}' of ${word} '${now.name}' was removed`,
        from: `alias '${name}'`,
        to: "no alias",
        who: [`readers with the new schema don't find '${name}' in records written under that name`],
        fix: `keep the alias for as long as such records are kept`,
      }));
  },
};
