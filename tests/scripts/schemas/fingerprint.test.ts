import t from "tap";
import { fingerprintOf } from "../../../scripts/schemas/fingerprint.ts";

const finding = { rule: "r", record: "box.A", pointer: "/fields/a", from: "int", to: "long" };

t.test("fingerprintOf() stays the same from release to release, waivers depend on it", async (t) => {
  t.equal(fingerprintOf(finding), "50c846e3c992cfea");
});

t.test("fingerprintOf() differs when any part of the identity does", async (t) => {
  const { from: _, ...added } = finding;
  const others = [
    { ...finding, rule: "s" },
    { ...finding, record: "box.B" },
    { ...finding, pointer: "/fields/b" },
    { ...finding, from: "string" },
    { ...finding, to: "string" },
    added,
  ];
  const prints = [finding, ...others].map(fingerprintOf);
  t.equal(new Set(prints).size, prints.length);
  for (const print of prints) t.match(print, /^[0-9a-f]{16}$/);
});
