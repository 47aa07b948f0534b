import type { Fault } from "./judge-pair.ts";

/** By the words of the runtime's resolver. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [/has no default for it/, "give the field a default, or make a new record of it"],
  [
    /neither symbol .* nor a default|with a symbol/,
    "keep the symbol, or give the enum a default for symbols it doesn't know",
  ],
  [/no branch of the reader's union/, "keep the branch in the reader's union"],
  [/no alias for it/, "add the name it was written under to the reader's aliases"],
  [
    /was written as .*(timestamp|time-|decimal|date|uuid|duration)/,
    "leave the field as it is and add one of the new unit beside it, with a default",
  ],
  [/bytes, the reader has/, "keep the size, or add a field of the new type beside it, with a default"],
  [
    /was written as/,
    "keep the type, or one it can be promoted to, or add a field of the new type beside it, with a default",
  ],
];

/** What to do about it: one sentence. */
export function fixFor({ reason }: Pick<Fault, "reason">): string {
  return (
    FIXES.find(([words]) => words.test(reason))?.[1] ??
    "make the change in a new record, and leave this one until no record of it is left"
  );
}
