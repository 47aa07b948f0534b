import type { Finding } from "../finding.ts";
import type { SchemaTextError } from "../spec/schema-text-error.ts";
import { type Sides, toFinding } from "../spec/to-finding.ts";
import type { Rule } from "./rule.ts";
import type { StyleRule } from "./style-rule.ts";

const rule = {
  id: "invalid-schema",
  category: "style",
  severity: "error",
  title: "The text is no Avro schema by the specification",
} as const satisfies Rule;

const WHO =
  "Avro libraries that keep to the specification refuse the whole schema, and so every record of it";

export const invalidSchema: StyleRule = {
  ...rule,
  find: ({ problems }) =>
    problems
      .filter(({ about }) => about === "name" || about === "duplicate" || about === "attribute")
      .map(({ at, what }) => ({ at, what, who: [WHO], fix: "write it as the specification says" })),
};

/** The finding for a version of which no tree can be made; with `older`, it is the older one. */
export function unreadable(error: SchemaTextError, sides: Sides): Finding {
  const { line, column, pointer, reference, why } = error;
  const spot = { line, column, pointer, reference };
  const { older } = sides;
  if (older === undefined) {
    const what = `the schema can't be read: ${why}`;
    const found = { at: spot, what, to: why, who: [WHO], fix: "write it as the specification says" };
    return saidOnce(toFinding(rule, found, sides));
  }
  const top = { line: 1, column: 1, pointer: "", reference: undefined };
  const found = {
    at: top,
    against: spot,
    what: `nothing can be said of ${older.label}, as its schema can't be read: ${why}`,
    from: why,
    who: ["nobody knows whether records written with it can be read"],
    fix: `compare with another version, or remove ${older.label} from where it is kept`,
  };
  return saidOnce(toFinding(rule, found, sides));
}

/** The reason is a part of the sentence, and of the fingerprint. */
function saidOnce({ from, to, ...finding }: Finding): Finding {
  return finding;
}
