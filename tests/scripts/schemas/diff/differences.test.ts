import t from "tap";
import { compare } from "../../../../scripts/schemas/diff/compare.ts";
import { diffText } from "../../../../scripts/schemas/diff/diff-text.ts";
import { differences } from "../../../../scripts/schemas/diff/differences.ts";
import type { SchemaVersion, SubjectHistory } from "../../../../scripts/schemas/version.ts";

const version = (label: string, fields: readonly object[], rest: object = {}): SchemaVersion => ({
  ...{ label, file: `${label}:schemas/Paid.avsc`, record: "box.Paid", references: [] },
  text: JSON.stringify({ type: "record", name: "Paid", namespace: "box", fields, ...rest }, null, 2),
});
const state = (symbols: readonly string[], more: object = {}) => ({
  name: "state",
  type: { type: "enum", name: "State", symbols, ...more },
});

t.test("differences() tells what came, went and changed, at its place, what is gone last", async (t) => {
  const before = version("before", [
    { name: "gone", type: "int" },
    { name: "amount", type: "int", doc: "In cents." },
    { name: "old", type: "string" },
    state(["A", "B"]),
  ]);
  const now = version("now", [
    { name: "amount", type: "long", doc: "Minor units.", default: 0 },
    { name: "renamed", type: "string", aliases: ["old"] },
    state(["A", "C"], { default: "A" }),
    { name: "note", type: ["null", "string"], default: null },
  ]);
  const found = differences(now, before);
  t.match(
    found.map(({ kind, what, of, from, to }) => [kind, what, of, from, to]),
    [
      ["changed", "type", "Paid.amount", "int", "long"],
      ["changed", "doc", "Paid.amount", "In cents.", "Minor units."],
      ["added", "default", "Paid.amount", undefined, "0"],
      ["changed", "name", "Paid.renamed", "old", "renamed"],
      ["added", "aliases", "Paid.renamed", undefined, "old"],
      ["changed", "symbols", "State", "A, B", "A, C"],
      ["added", "enum default", "State", undefined, "A"],
      ["added", "field", "Paid.note", undefined, "null | string = null"],
      ["removed", "field", "Paid.gone", "int, no default", undefined],
    ],
  );
  t.match(found.at(0)?.at, { file: "now:schemas/Paid.avsc", line: 8 });
  t.match(found.at(-1)?.at, { file: "before:schemas/Paid.avsc" }, "what is gone is where it was");
  t.same(differences(now, now), []);
});

t.test("differences() refuses a text that is no schema, with its place", async (t) => {
  const broken = { ...version("now", []), text: '{\n  "type": "nothing"\n}' };
  t.throws(() => differences(broken, version("before", [])), {
    name: "UsageError",
    message: /^Cannot compare now:schemas\/Paid\.avsc:2:\d+ \(now\): /,
  });
});

t.test("compare() says which records are new, gone, changed and the same", async (t) => {
  const record = (name: string, label: string, type = "int"): SubjectHistory => ({
    subject: `topic-box.${name}`,
    versions: [
      {
        ...version(label, []),
        record: `box.${name}`,
        text: JSON.stringify({ type: "record", name: `box.${name}`, fields: [{ name: "f", type }] }),
      },
    ],
  });
  const checkout = [record("New", "now"), record("Same", "now"), record("Other", "now", "long")];
  const before = [record("Same", "v3"), record("Other", "v3"), record("Gone", "v3")];
  const diffs = compare(checkout, [...before, { ...record("Retired", "v3"), retired: true }], []);
  t.same(
    diffs.map(({ record: name, kind, since }) => [name, kind, since]),
    [
      ["box.Gone", "removed", "v3"],
      ["box.New", "added", null],
      ["box.Other", "changed", "v3"],
      ["box.Same", "same", "v3"],
    ],
  );
  t.same(
    compare(checkout, before, ["Other", "box.New"]).map(({ record: name }) => name),
    ["box.New", "box.Other"],
  );
  t.equal(
    diffText(diffs, "v3 of something", false),
    [
      "- box.Gone (v3:schemas/Paid.avsc) is gone",
      "+ box.New (now:schemas/Paid.avsc) is new",
      "box.Other (now:schemas/Paid.avsc, since v3)",
      "  ~ type of Other.f: int → long  (now:schemas/Paid.avsc:1:66)",
      "3 of 4 records differ from v3 of something, 1 are the same",
      "",
    ].join("\n"),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
  t.match(diffText(diffs, "v3", true), /\u001b\[3\dm~ type/);
});
