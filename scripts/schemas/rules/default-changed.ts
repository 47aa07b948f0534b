import { isDeepStrictEqual } from "node:util";
import { describe } from "../spec/describe.ts";
import { showJson } from "../spec/json.ts";
import { spotOf } from "../spec/node.ts";
import { nameFor } from "./matched.ts";
import type { MeaningRule } from "./meaning-rule.ts";

/** A default is what a reader sees in records without the field: changing it changes what old records say. */
export const defaultChanged: MeaningRule = {
  id: "default-changed",
  category: "meaning",
  severity: "error",
  title: "A default was changed or taken away",
  find(pair) {
    if (pair.of === "enum") {
      const { now, before } = pair;
      if (before.fallback === undefined || now.fallback === before.fallback) return [];
      return [
        {
          at: spotOf(now, "default"),
          against: spotOf(before, "default"),
          what: `default of enum '${nameFor(now)}' was ${now.fallback === undefined ? "taken away" : "changed"}`,
          from: before.fallback,
          to: now.fallback ?? "no default",
          who: ["readers take symbols that they don't know for another one than before, or fail"],
          fix: "keep the default",
        },
      ];
    }
    if (pair.of !== "field" || pair.before.fallback === undefined) return [];
    // Members of an object in another order are the same value.
    if (isDeepStrictEqual(pair.before.fallback, pair.now.fallback)) return [];
    const [from, to] = [showJson(pair.before.fallback), showJson(pair.now.fallback)];
    const { name, type } = pair.now;
    const gone = pair.now.fallback === undefined;
    return [
      {
        at: spotOf(pair.now, "default"),
        against: spotOf(pair.before, "default"),
        what: `default of field '${name}' (${describe(type.node)}) was ${gone ? "taken away" : "changed"}`,
        from,
        to: gone ? "no default" : to,
        who: gone
          ? ["readers with the new schema can't read records written before the field was there"]
          : ["records without the field say something else than before"],
        fix: "keep the default; let the code that writes choose another value",
      },
    ];
  },
};
