import { type Mention, type Spot, spotOf } from "../spec/node.ts";
import type { Found } from "../spec/to-finding.ts";
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
    const at = now.attributes.has("aliases") ? spotOf(now, "aliases") : spotOf(now, "name");
    return before.aliases
      .filter(({ name }) => name !== now.name && !now.aliases.some((alias) => alias.name === name))
      .map((alias) => found(pair.of === "field" ? "field" : now.kindWord, now, alias, at));
  },
};
