import { spotOf } from "../spec/node.ts";
import type { MeaningRule } from "./meaning-rule.ts";

/** How a field's doc begins whose value is a person's: it is kept out of logs, reasons and lists by it. */
export const PERSONAL = "Personal:";

export const personalMarkLost: MeaningRule = {
  id: "personal-mark-lost",
  category: "meaning",
  severity: "error",
  title: "A personal field lost its mark",
  find(pair) {
    if (pair.of !== "field" || !isPersonal(pair.before.doc) || isPersonal(pair.now.doc)) return [];
    return [
      {
        at: pair.now.attributes.has("doc") ? spotOf(pair.now, "doc") : spotOf(pair.now, "name"),
        against: spotOf(pair.before, "doc"),
        what: `field '${pair.now.name}' is not marked as personal any more`,
        from: `doc "${pair.before.doc}"`,
        to: pair.now.doc === undefined ? "no doc" : `doc "${pair.now.doc}"`,
        who: ["whoever shows, exports or erases data by the mark treats a person's data as anybody's"],
        fix: `begin the field's doc with "${PERSONAL}"`,
      },
    ];
  },
};

function isPersonal(doc: string | undefined): boolean {
  return doc?.trimStart().startsWith(PERSONAL) ?? false;
}
