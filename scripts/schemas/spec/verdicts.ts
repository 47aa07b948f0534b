import type { Rule } from "../rules/rule.ts";
import type { Incompatibility, IncompatibilityKind } from "./incompatible.ts";

/** Who must be able to read what: `backward`, the new schema what was written before; `forward`, the older one new records. */
export type Direction = "backward" | "forward";

/** How an incompatibility of one kind and direction is told. */
export interface Verdict {
  readonly rule: Rule;
  readonly what: (reason: Incompatibility) => string;
  readonly fix: (reason: Incompatibility) => string;
}

export const WHO: Readonly<Record<Direction, string>> = {
  backward: "readers with the new schema can't read records written before",
  forward: "readers that still have the older schema can't read new records",
};

const rule = (id: string, title: string): Rule => ({
  id,
  title,
  category: "compatibility",
  severity: "error",
});

const typeChanged: Verdict = {
  rule: rule("type-changed", "A type was changed into one that doesn't read the other"),
  what: ({ path }) => `type of '${path}' was changed`,
  fix: ({ field }) =>
    `keep the type; for another one add a field beside ${field === undefined ? "it" : `'${field}'`}, with a default, and fill both until nobody reads the old one`,
};
const fixedSizeChanged: Verdict = {
  rule: rule("fixed-size-changed", "The size of a fixed was changed"),
  what: ({ subject, path }) => `size of fixed '${subject}' at '${path}' was changed`,
  fix: () => "keep the size; for another one add a field of a new fixed type, with a default",
};
const nameChanged: Verdict = {
  rule: rule("name-changed", "A named type has another name"),
  what: ({ path }) => `the type at '${path}' has another name`,
  fix: () => "keep the name: an alias helps only the side that has it, and older readers have none",
};

export const VERDICTS: Readonly<Record<Direction, Readonly<Record<IncompatibilityKind, Verdict>>>> = {
  backward: {
    READER_FIELD_MISSING_DEFAULT_VALUE: {
      rule: rule("field-without-default", "A field was added without a default"),
      what: ({ subject, owner }) =>
        `field '${subject}' of '${owner}' has no default, and records written before lack it`,
      fix: ({ subject, lookalike }) =>
        lookalike === undefined
          ? `give '${subject}' a default`
          : `give '${subject}' a default; if it is '${lookalike}' under a new name, keep the old name instead`,
    },
    TYPE_MISMATCH: typeChanged,
    MISSING_ENUM_SYMBOLS: {
      rule: rule("enum-symbol-removed", "A symbol of an enum was removed"),
      what: ({ subject, owner }) => `symbol '${subject}' was removed from enum '${owner}'`,
      fix: ({ subject }) => `keep '${subject}', or give the enum a "default" that old records may be read as`,
    },
    MISSING_UNION_BRANCH: {
      rule: rule("union-branch-removed", "A type was removed from a union"),
      what: ({ subject, path }) => `'${path}' doesn't take '${subject}' any more`,
      fix: ({ subject }) => `keep '${subject}' in the union`,
    },
    FIXED_SIZE_MISMATCH: fixedSizeChanged,
    NAME_MISMATCH: nameChanged,
  },
  forward: {
    READER_FIELD_MISSING_DEFAULT_VALUE: {
      rule: rule("field-removed", "A field was removed that has no default in an older version"),
      what: ({ subject, owner }) =>
        `field '${subject}' of '${owner}' was removed, which older readers need: it has no default there`,
      fix: ({ subject, lookalike }) =>
        lookalike === undefined
          ? `keep '${subject}' and go on filling it`
          : `keep '${subject}' and go on filling it, also if '${lookalike}' is meant to be its new name`,
    },
    TYPE_MISMATCH: typeChanged,
    MISSING_ENUM_SYMBOLS: {
      rule: rule(
        "enum-symbol-added",
        "A symbol was added to an enum that has no default in an older version",
      ),
      what: ({ subject, owner }) =>
        `symbol '${subject}' was added to enum '${owner}', which older readers have no default for`,
      fix: ({ subject }) =>
        `leave '${subject}' out; put it into a new field with a default, of an enum with a "default"`,
    },
    MISSING_UNION_BRANCH: {
      rule: rule("union-branch-added", "A type was added to a union, or a plain type became one"),
      what: ({ subject, path }) => `'${path}' may now be '${subject}', which older readers don't take`,
      fix: ({ subject }) => `leave '${subject}' out; add a field beside it, with a default`,
    },
    FIXED_SIZE_MISMATCH: fixedSizeChanged,
    NAME_MISMATCH: nameChanged,
  },
};

export const compatibilityRules: readonly Rule[] = [
  ...new Set(Object.values(VERDICTS).flatMap((kinds) => Object.values(kinds).map((verdict) => verdict.rule))),
];
