import { namespaceOf, simpleName } from "../../../workers/_runtime/avro/names.ts";
import { spotOf } from "../spec/node.ts";
import type { MeaningRule } from "./meaning-rule.ts";

/** The specification matches names without their namespace; subjects, generated code and many libraries don't. */
export const namespaceChanged: MeaningRule = {
  id: "namespace-changed",
  category: "meaning",
  severity: "error",
  title: "A named type moved to another namespace",
  find(pair) {
    if (pair.of !== "name") return [];
    const { now, before } = pair;
    const [to, from] = [namespaceOf(now.name), namespaceOf(before.name)];
    if (to === from || simpleName(now.name) !== simpleName(before.name)) return [];
    return [
      {
        at: spotOf(now, now.attributes.has("namespace") ? "namespace" : "name"),
        against: spotOf(before, before.attributes.has("namespace") ? "namespace" : "name"),
        what: `${now.kind} '${simpleName(now.name)}' moved to another namespace`,
        from: from === "" ? "no namespace" : from,
        to: to === "" ? "no namespace" : to,
        who: [
          "a record's subject is called after its full name; libraries that compare full names can't read the other's",
        ],
        fix: "keep the namespace",
      },
    ];
  },
};
