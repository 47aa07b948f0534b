import { describeSymbols } from "../spec/describe.ts";
import { spotOf } from "../spec/node.ts";
import { nameFor } from "./matched.ts";
import type { MeaningRule } from "./meaning-rule.ts";

/** Avro itself goes by names, but sort order and generated code (ordinals, comparisons) go by position. */
export const enumOrderChanged: MeaningRule = {
  id: "enum-order-changed",
  category: "meaning",
  severity: "error",
  title: "Symbols of an enum changed their order, or one was put before others",
  find(pair) {
    if (pair.of !== "enum") return [];
    const { now, before } = pair;
    const kept = before.symbols.filter(({ name }) => now.symbols.some((symbol) => symbol.name === name));
    // A removed symbol is the specification's to judge; the others then only move up.
    const moved = now.symbols.find(({ name }, index) => index < kept.length && name !== kept[index]?.name);
    if (moved === undefined) return [];
    const inserted = !before.symbols.some(({ name }) => name === moved.name);
    return [
      {
        at: moved.at,
        against: before.symbols.find(({ name }) => name === moved.name)?.at ?? spotOf(before, "symbols"),
        what: inserted
          ? `symbol '${moved.name}' of enum '${nameFor(now)}' was put before others`
          : `symbols of enum '${nameFor(now)}' changed their order, from '${moved.name}' on`,
        from: describeSymbols(before),
        to: describeSymbols(now),
        who: ["code that compares or stores positions of symbols takes one for another"],
        fix: inserted ? `put '${moved.name}' last` : "keep the order",
      },
    ];
  },
};
