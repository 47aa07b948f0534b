import t from "tap";
import type { Baseline } from "../../../../scripts/schemas/check/comparisons.ts";
import { comparisons } from "../../../../scripts/schemas/check/comparisons.ts";
import { fleetNotAsked } from "../../../../scripts/schemas/check/judge-fleet.ts";
import { judgesWith } from "../../../../scripts/schemas/check/judges.ts";
import { type Inquiry, verdictOf } from "../../../../scripts/schemas/check/verdict.ts";
import type { Level } from "../../../../scripts/schemas/level.ts";
import type { SchemaVersion, SubjectHistory } from "../../../../scripts/schemas/version.ts";
import { parseWaivers } from "../../../../scripts/schemas/waivers/parse-waivers.ts";

type Field = readonly [name: string, type: string, fallback?: unknown];

function version(label: string, ...fields: readonly Field[]): SchemaVersion {
  const schema = {
    ...{ type: "record", name: "A", namespace: "box", doc: "A." },
    fields: fields.map(([name, type, fallback]) => ({
      ...{ name, type, doc: "Some." },
      ...(fallback !== undefined && { default: fallback }),
    })),
  };
  const text = JSON.stringify(schema, null, 2);
  return {
    label,
    file: label === "checkout" ? "schemas/A.avsc" : `${label}/A.avsc`,
    record: "box.A",
    text,
    references: [],
  };
}

const history = (...versions: readonly SchemaVersion[]): SubjectHistory => ({
  subject: "seats-box.A",
  versions,
});

const v1 = version("v1", ["a", "string"]);
const v2 = version("v2", ["a", "string"], ["b", "int", 0]);
const v3 = version("v3", ["a", "string"], ["b", "int", 0], ["c", "int", 0]);
const baseline = (...versions: readonly SchemaVersion[]): Baseline => ({
  name: "there",
  histories: [history(...versions)],
});

function inquiry(
  checkout: SchemaVersion,
  baselines: readonly Baseline[],
  more: Partial<Inquiry> = {},
): Inquiry {
  return {
    checkout: [history(checkout)],
    baselines,
    levelOf: () => "FULL_TRANSITIVE",
    judges: judgesWith((topic, record) => (topic === "seats" && record === "box.A" ? ["payment"] : [])),
    fleet: fleetNotAsked("a test"),
    surroundings: {
      topicsSource: 'x\n  name: "seats",\n',
      topicsFile: "schemas/topics.ts",
      readersOf: () => ["payment"],
    },
    waivers: parseWaivers(""),
    waiversFile: "schemas/waivers.yaml",
    isJudged: () => true,
    today: "2026-11-24",
    texts: new Map(),
    mayBeFirst: false,
    ...more,
  };
}

t.test("comparisons() asks what each level asks", async (t) => {
  const cases: readonly (readonly [Level, readonly string[]])[] = [
    ["BACKWARD", ["v3 backward"]],
    ["FORWARD", ["v3 forward"]],
    ["FULL", ["v3 backward forward"]],
    ["BACKWARD_TRANSITIVE", ["v1 backward", "v2 backward", "v3 backward"]],
    ["FORWARD_TRANSITIVE", ["v1 forward", "v2 forward", "v3 forward"]],
    ["FULL_TRANSITIVE", ["v1 backward forward", "v2 backward forward", "v3 backward forward"]],
    ["NONE", []],
  ];
  for (const [level, expected] of cases) {
    const pairs = comparisons([history(version("checkout"))], [baseline(v1, v2, v3)], () => level);
    const said = pairs.map(({ against, backward, forward }) =>
      [against.label, ...(backward ? ["backward"] : []), ...(forward ? ["forward"] : [])].join(" "),
    );
    t.same(said, expected, level);
    t.same(
      pairs.filter(({ newest }) => newest).map(({ against }) => against.label),
      level === "NONE" ? [] : ["v3"],
    );
  }
});

t.test("comparisons() compares a version that two baselines hold once", async (t) => {
  const again = { ...v2, label: "elsewhere" };
  const pairs = comparisons([history(v3)], [baseline(v1, v2), baseline(again)], () => "FULL_TRANSITIVE");
  t.same(
    pairs.map(({ against }) => against.label),
    ["v1", "v2"],
  );
});

t.test(
  "verdictOf() tells the same change once, with the versions it concerns and who reads the record",
  async (t) => {
    const checkout = version("checkout", ["b", "int", 0], ["c", "int", 0]);
    const { open, comparisons: pairs } = verdictOf(inquiry(checkout, [baseline(v1, v2, v3)]));
    t.equal(pairs, 3);
    t.match(
      open.map(({ finding, versions }) => [finding.rule, finding.who, versions]),
      [
        [
          "field-removed",
          ["payment as long as it has the older schema can't read new records"],
          ["v1", "v2", "v3"],
        ],
      ],
    );
    t.match(open[0]?.finding.against, { file: "v3/A.avsc" }, "the newest version's place");
  },
);

t.test("verdictOf() finds by a transitive level what the newest version hides", async (t) => {
  const strings = version("checkout", ["a", "string"], ["b", "string", ""]);
  const between = version("v2", ["a", "string"]);
  const numbers = version("v1", ["a", "string"], ["b", "int", 0]);
  const levels = { FULL: 0, FULL_TRANSITIVE: 1 } as const;
  for (const level of ["FULL", "FULL_TRANSITIVE"] as const) {
    const { open } = verdictOf(inquiry(strings, [baseline(numbers, between)], { levelOf: () => level }));
    t.equal(open.filter(({ finding }) => finding.rule === "type-changed").length, levels[level], level);
  }
});

t.test("verdictOf() finds a record that was removed, or moved to another topic", async (t) => {
  const there = { subject: "seats-box.B", versions: [{ ...v1, record: "box.B" }] };
  const before = { name: "there", histories: [history(v1), there] };
  const removed = verdictOf(inquiry(v1, [before]));
  t.match(removed.open, [
    {
      finding: {
        rule: "record-removed",
        severity: "error",
        at: { file: "schemas/topics.ts", line: 2, column: 3 },
        who: [/^payment reads topic 'seats' and skips them/],
      },
    },
  ]);
  const moved = verdictOf({
    ...inquiry(v1, [before]),
    checkout: [history(v1), { ...there, subject: "halls-box.B" }],
    judges: { pair: () => [], version: () => [] },
  });
  t.match(moved.open, [{ finding: { rule: "record-moved", from: "seats", to: "halls" } }]);
  const retired = { ...before, histories: [history(v1), { ...there, retired: true }] };
  t.same(verdictOf(inquiry(v1, [retired])).open, [], "it was gone before");
  const registry = verdictOf(inquiry(v1, [{ ...before, keepsGone: true }]));
  t.match(registry.open, [{ finding: { rule: "record-removed", severity: "warning" } }]);
});

t.test("verdictOf() throws Unavailable when nothing was compared", async (t) => {
  const other: Baseline = { name: "there", histories: [{ subject: "halls-box.C", versions: [v1] }] };
  t.throws(() => verdictOf(inquiry(v1, [other])), { name: "Unavailable", message: /there as it has none/ });
  const empty: Baseline = { name: "there", histories: [history()] };
  t.throws(() => verdictOf(inquiry(v1, [baseline(v1), empty])), { name: "Unavailable", message: /has none/ });
  t.throws(() => verdictOf(inquiry(v1, [baseline(v1)], { levelOf: () => "NONE" })), {
    name: "Unavailable",
    message: /no version was compared/,
  });
  t.equal(verdictOf(inquiry(v1, [empty], { mayBeFirst: true })).comparisons, 0);
});

t.test("verdictOf() never takes an unreadable version for fine", async (t) => {
  const broken = { ...version("checkout"), text: '{ "type": "record", "name": "A", "fields": [' };
  const { open } = verdictOf(inquiry(broken, [baseline(v1)]));
  t.match(open, [
    { finding: { rule: "invalid-schema", severity: "error", at: { file: "schemas/A.avsc", line: 1 } } },
  ]);
  const before = { ...v2, label: "git:1234567", text: '{ "type": "nothing" }' };
  t.match(verdictOf(inquiry(v1, [baseline(v1, before)])).open, [{ finding: { rule: "invalid-schema" } }]);
  t.same(verdictOf(inquiry(v1, [baseline(before, v1)])).open, [], "an old commit's never was registered");
  const registered = { ...before, label: "registry v1" };
  t.match(verdictOf(inquiry(v1, [baseline(registered, v1)])).open, [{ finding: { rule: "invalid-schema" } }]);
});
