import t from "tap";
import { merge } from "../../../../scripts/schemas/check/merge.ts";
import type { Finding } from "../../../../scripts/schemas/finding.ts";
import { type ApplyOptions, applyWaivers } from "../../../../scripts/schemas/waivers/apply-waivers.ts";
import { parseWaivers } from "../../../../scripts/schemas/waivers/parse-waivers.ts";
import { waiverEntry } from "../../../../scripts/schemas/waivers/waiver-entry.ts";

const finding: Finding = {
  rule: "field-removed",
  category: "compatibility",
  severity: "error",
  record: "box.A",
  subjects: ["seats-box.A"],
  at: { file: "schemas/A.avsc", line: 2, column: 3, pointer: "/fields/a: b" },
  what: "field 'a' was removed",
  who: ["payment can't read it"],
  fix: "keep it",
  // A number to whoever reads YAML with types.
  fingerprint: "12e4567890123456",
};
const options: ApplyOptions = { file: "schemas/waivers.yaml", today: "2026-11-24", isJudged: () => true };

const filled = (entry: string): string =>
  entry
    .replace("owner:", "owner: payments team")
    .replace("reason:", "reason: 'nobody reads it: promised'")
    .replace("expires:", "expires: 2026-11-24 # the last day");

t.test("waiverEntry(), filled in and pasted, waives its finding up to the last day", async (t) => {
  const parsed = parseWaivers(`# kept by the payments team\n${filled(waiverEntry(finding))}`);
  t.same(parsed.problems, []);
  const applied = applyWaivers(merge([{ finding }]), parsed, options);
  t.same(applied.open, []);
  t.same(applied.problems, []);
  t.match(applied.waived, [{ waiver: { owner: "payments team", expires: "2026-11-24", line: 2 } }]);
});

t.test("applyWaivers() is bound to rule, record, pointer and fingerprint", async (t) => {
  const parsed = parseWaivers(filled(waiverEntry(finding)));
  const others: readonly Finding[] = [
    { ...finding, rule: "other" },
    { ...finding, record: "box.B" },
    { ...finding, at: { ...finding.at, pointer: "/fields/b" } },
    { ...finding, fingerprint: "0000000000000000" },
  ];
  for (const other of others) {
    const applied = applyWaivers(merge([{ finding: other }]), parsed, options);
    t.equal(applied.open.length, 1);
    t.match(applied.problems, [{ rule: "waiver-unused", severity: "error", at: { line: 1, column: 3 } }]);
  }
  const elsewhere = { ...finding, at: { ...finding.at, line: 99, file: "schemas/B.avsc" } };
  t.same(applyWaivers(merge([{ finding: elsewhere }]), parsed, options).open, [], "lines don't count");
});

t.test("applyWaivers() waives nothing with an expired entry and says whom to ask", async (t) => {
  const parsed = parseWaivers(`\n\n${filled(waiverEntry(finding))}`);
  const applied = applyWaivers(merge([{ finding }]), parsed, { ...options, today: "2026-11-25" });
  t.equal(applied.open.length, 1);
  t.match(applied.problems, [
    {
      rule: "waiver-expired",
      at: { file: "schemas/waivers.yaml", line: 3, column: 3 },
      what: /of payments team .* expired on 2026-11-24/,
    },
  ]);
  t.equal(applied.problems.length, 1, "it isn't unused as well");
});

t.test("applyWaivers() doesn't call unused what nobody looked for", async (t) => {
  const parsed = parseWaivers(filled(waiverEntry(finding)));
  t.same(applyWaivers([], parsed, { ...options, isJudged: () => false }).problems, []);
});

t.test("parseWaivers() says line and column of what can't be used, and keeps the others", async (t) => {
  const good = filled(waiverEntry(finding));
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    [`${good}- rule: [\n`, 9, 1, /the file is not YAML/],
    ["waivers: none\n", 1, 1, /is not a list/],
    [`${good}- text\n`, 8, 3, /must have names and values/],
    [good.replace("payments team", ""), 1, 3, /has no owner/],
    [good.replace("payments team", "' '"), 1, 3, /has no owner/],
    [good.replace("2026-11-24", "2026-02-30"), 1, 3, /expires on '2026-02-30', which is no date/],
    [good.replace("2026-11-24", "soon"), 1, 3, /expires on 'soon'/],
    [`${good}  until: never\n`, 8, 3, /a waiver has no 'until'/],
    [`${good}  owner: another\n`, 8, 3, /the file is not YAML: Map keys must be unique/],
  ];
  for (const [text, line, column, what] of cases) {
    const [problem] = parseWaivers(text).problems;
    t.match(problem, { line, column, what }, text);
  }
  const mixed = parseWaivers(`${good.replace("payments team", "")}${good}`);
  t.equal(mixed.waivers.length, 1);
  t.equal(mixed.problems.length, 1);
});

t.test("parseWaivers() takes a file of comments, an empty one and JSON", async (t) => {
  t.same(parseWaivers("# nothing yet\n"), { waivers: [], problems: [] });
  t.same(parseWaivers(""), { waivers: [], problems: [] });
  t.same(parseWaivers("[]"), { waivers: [], problems: [] });
  const json = parseWaivers(
    JSON.stringify([
      {
        rule: "a",
        record: "b",
        pointer: "",
        fingerprint: "1",
        owner: "c",
        reason: "d",
        expires: "2030-01-01",
      },
    ]),
  );
  t.match(json, { waivers: [{ rule: "a", pointer: "", fingerprint: "1" }], problems: [] });
});
