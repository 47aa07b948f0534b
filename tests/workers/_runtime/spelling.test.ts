import t from "tap";
import { editDistance, nearestWord } from "../../../workers/_runtime/spelling.ts";

t.test("editDistance() counts letters inserted, removed, replaced, swapped", async (t) => {
  const cases: readonly [string, string, number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["abc", "acb", 1],
    ["abc", "ab", 1],
    ["abc", "axc", 1],
    ["kitten", "sitting", 3],
  ];
  for (const [a, b, edits] of cases) {
    t.equal(editDistance(a, b), edits, `${a} ${b}`);
    t.equal(editDistance(b, a), edits, `${b} ${a}`);
  }
});

t.test("nearestWord() finds the closest known word, none for a known or a far one", async (t) => {
  const known = ["REDIS_URL", "SMTP_URL"];
  t.equal(nearestWord("REDIS_ULR", known), "REDIS_URL");
  t.equal(nearestWord("REDIS_URL", known), undefined);
  t.equal(nearestWord("REDIS_PORT", known), undefined);
});
