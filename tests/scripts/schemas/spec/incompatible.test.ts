import t from "tap";
import { incompatibilities } from "../../../../scripts/schemas/spec/incompatible.ts";
import { locate } from "../../../../scripts/schemas/spec/locate.ts";

const record = (name: string, ...fields: readonly unknown[]) => ({ type: "record", name, fields });
const of = (type: unknown, more: object = {}) => record("R", { name: "a", type, ...more });
const symbols = (name: string, ...symbols: readonly string[]) => ({ type: "enum", name, symbols });
const fixed = (name: string, size: number) => ({ type: "fixed", name, size });
const array = (items: unknown) => ({ type: "array", items });
const map = (values: unknown) => ({ type: "map", values });

function told(reader: unknown, writer: unknown): string[] {
  const [r, w] = [locate(JSON.stringify(reader)), locate(JSON.stringify(writer))];
  return incompatibilities(r, w).map(({ kind, path, subject }) => `${kind} ${path} ${subject}`);
}

t.test("incompatibilities() finds none where the specification resolves", async (t) => {
  const node = (...more: readonly object[]) =>
    record("Node", { name: "next", type: ["null", "Node"], default: null }, ...more);
  const cases: readonly (readonly [string, unknown, unknown])[] = [
    ["promotions", of(["null", "double", "bytes"]), of(["null", "int"])],
    ["promotions", of("long"), of("int")],
    ["promotions", of("float"), of("long")],
    ["promotions", of("string"), of("bytes")],
    ["names without namespace", { ...of("int"), namespace: "b" }, { ...of("int"), namespace: "a" }],
    ["an alias of a type", { ...of("int"), aliases: ["x.Old"] }, { ...of("int"), name: "x.Old" }],
    ["an alias of a field", of("int", { aliases: ["b"] }), record("R", { name: "b", type: "int" })],
    ["a reader's default", of("int", { default: 0 }), record("R")],
    ["a writer's field too many", record("R"), of("int")],
    ["a wider union", of(["null", "string", "int"]), of(["string", "null"])],
    ["a value into a union", of(["null", "string"]), of("string")],
    ["a union into a value that all branches promote to", of("double"), of(["int", "long", "float"])],
    ["an empty union", of("int"), of([])],
    ["more symbols", of(symbols("E", "A", "B")), of(symbols("E", "B"))],
    ["an enum's default", of({ ...symbols("E", "A"), default: "A" }), of(symbols("E", "A", "B"))],
    ["recursion", node({ name: "n", type: "int", default: 0 }), node({ name: "m", type: "int" })],
    [
      "logical types",
      of({ type: "long", logicalType: "timestamp-micros" }),
      of({ type: "long", logicalType: "timestamp-millis" }),
    ],
  ];
  for (const [title, reader, writer] of cases) t.same(told(reader, writer), [], title);
});

t.test("incompatibilities() names kind, path and subject of each reason", async (t) => {
  const row = (type: unknown) => record("Row", { name: "price", type });
  const cases: readonly (readonly [unknown, unknown, readonly string[]])[] = [
    [of("int"), record("R"), ["READER_FIELD_MISSING_DEFAULT_VALUE R.a a"]],
    [of("int"), of("long"), ["TYPE_MISMATCH R.a long"]],
    [of("int"), of(row("int")), ["TYPE_MISMATCH R.a Row"]],
    [of(row("int")), of(map("int")), ["TYPE_MISMATCH R.a map"]],
    [of(array(row("int"))), of(array(row("string"))), ["TYPE_MISMATCH Row.price string"]],
    [of(map(["null", "int"])), of(map("string")), ["MISSING_UNION_BRANCH R.a[] string"]],
    [
      of(symbols("E", "A")),
      of(symbols("E", "A", "B", "C")),
      ["MISSING_ENUM_SYMBOLS R.a B", "MISSING_ENUM_SYMBOLS R.a C"],
    ],
    [of({ ...symbols("E", "A"), default: "X" }), of(symbols("E", "B")), ["MISSING_ENUM_SYMBOLS R.a B"]],
    [of(symbols("E", "A")), of(symbols("F", "A")), ["NAME_MISMATCH R.a F"]],
    [of(fixed("F", 4)), of(fixed("F", 8)), ["FIXED_SIZE_MISMATCH R.a F"]],
    [of(fixed("F", 4)), of(fixed("G", 4)), ["NAME_MISMATCH R.a G"]],
    [of(fixed("F", 4)), of("bytes"), ["TYPE_MISMATCH R.a bytes"]],
    [of("string"), of(["null", "string"]), ["MISSING_UNION_BRANCH R.a null"]],
    [of(["null", "int"]), of(["null", "int", "string"]), ["MISSING_UNION_BRANCH R.a string"]],
    [
      of({ ...row("int"), aliases: ["Line"] }),
      of({ ...row("int"), name: "x.Line" }),
      ["NAME_MISMATCH R.a Line"],
    ],
    [record("R"), record("S"), ["NAME_MISMATCH R S"]],
    ["int", "string", ["TYPE_MISMATCH int string"]],
  ];
  for (const [reader, writer, wanted] of cases) t.same(told(reader, writer), wanted, JSON.stringify(reader));
});

t.test("incompatibilities() names the root cause in the union's branch that is meant", async (t) => {
  const row = (name: string, ...fields: readonly string[]) =>
    record(name, ...fields.map((field) => ({ name: field, type: "int" })));
  const cases: readonly (readonly [unknown, unknown, readonly string[]])[] = [
    [
      ["null", row("Row", "a", "b")],
      ["null", row("Row", "a")],
      ["READER_FIELD_MISSING_DEFAULT_VALUE Row.b b"],
    ],
    [["null", row("Row", "a", "b")], row("Row", "a"), ["READER_FIELD_MISSING_DEFAULT_VALUE Row.b b"]],
    [row("Row", "b"), [row("Row", "a")], ["READER_FIELD_MISSING_DEFAULT_VALUE Row.b b"]],
    [["null", symbols("E", "A")], ["null", symbols("E", "B")], ["MISSING_ENUM_SYMBOLS R.a B"]],
    [["null", array("int")], ["null", array("string")], ["TYPE_MISMATCH R.a[] string"]],
    [["null", row("Line", "a")], ["null", row("Row", "a")], ["NAME_MISMATCH R.a Row"]],
    [[row("A", "a"), row("C", "a")], [row("A", "a"), row("B", "a")], ["NAME_MISMATCH R.a B"]],
    [[row("A", "a")], [row("A", "a"), row("B", "a")], ["MISSING_UNION_BRANCH R.a B"]],
  ];
  for (const [reader, writer, wanted] of cases)
    t.same(told(of(reader), of(writer)), wanted, JSON.stringify(reader));
});

t.test("incompatibilities() tells a reason once, however often and deep its record is used", async (t) => {
  const row = (type: string) =>
    record("Row", { name: "price", type }, { name: "next", type: ["null", "Row"] });
  const uses = (type: string) =>
    record("R", { name: "a", type: row(type) }, { name: "b", type: array("Row") });
  t.same(told(uses("int"), uses("string")), ["TYPE_MISMATCH Row.price string"]);
});

t.test("incompatibilities() doesn't let a pair fit for the sake of one that turns out not to", async (t) => {
  // Inner fits as long as X is taken to; X lacks a field, Y takes its place, and Inner must be asked again.
  const inner = (outer: string) => record("Inner", { name: "outer", type: ["null", outer] });
  const writer = record(
    "R",
    { name: "first", type: record("W", { name: "inner", type: inner("W") }) },
    { name: "second", type: "Inner" },
  );
  const x = record("X", { name: "inner", type: inner("X") }, { name: "must", type: "int" });
  const reader = record(
    "R",
    {
      name: "first",
      type: [
        { ...x, aliases: ["W"] },
        { ...record("Y"), aliases: ["W"] },
      ],
    },
    { name: "second", type: "Inner" },
  );
  t.same(told(reader, writer), ["READER_FIELD_MISSING_DEFAULT_VALUE X.must must"]);
});

t.test("incompatibilities() gives the places on both sides", async (t) => {
  const reader = `{ "type": "record", "name": "R", "fields": [
    { "name": "a", "type": "int" },
    { "name": "b", "type": ["null",
        "int"] } ] }`;
  const writer = `{ "type": "record", "name": "R",
    "fields": [ { "name": "b", "type": [
      "null", "string"] } ] }`;
  const [missing, branch] = incompatibilities(locate(reader), locate(writer));
  t.match(missing, {
    reader: { line: 2, column: 15, pointer: "/fields/a" },
    writer: { line: 2, column: 15, pointer: "/fields/a" },
    reads: "int without default",
    written: "no such field",
  });
  t.match(branch, {
    reader: { line: 3, column: 28, pointer: "/fields/b/type/string" },
    writer: { line: 3, column: 15, pointer: "/fields/b/type/string" },
    reads: "null | int",
    written: "null | string",
  });
});

t.test("incompatibilities() guesses the field that a missing one was, when only one can be", async (t) => {
  const reader = locate(JSON.stringify(of("string")));
  const names = (...fields: readonly string[]) =>
    incompatibilities(
      reader,
      locate(JSON.stringify(record("R", ...fields.map((name) => ({ name, type: "string" }))))),
    );
  t.equal(names("old")[0]?.lookalike, "old");
  t.equal(names("old", "older")[0]?.lookalike, undefined);
});

t.test("incompatibilities() ends after 200 reasons", async (t) => {
  const many = (type: string) =>
    JSON.stringify(record("R", ...Array.from({ length: 500 }, (_, index) => ({ name: `f${index}`, type }))));
  t.equal(incompatibilities(locate(many("int")), locate(many("string"))).length, 200);
});
