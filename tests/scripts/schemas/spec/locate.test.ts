import t from "tap";
import { locate } from "../../../../scripts/schemas/spec/locate.ts";
import { SchemaTextError } from "../../../../scripts/schemas/spec/schema-text-error.ts";

const record = (...fields: readonly unknown[]) =>
  JSON.stringify({ type: "record", name: "shop.Paid", fields });
const field = (type: unknown, more: object = {}) => ({ name: "a", type, ...more });

t.test("locate() gives every type and attribute its line, column and pointer of names", async (t) => {
  const { root, problems } = locate(`{
  "type": "record", "name": "Paid", "namespace": "shop",
  "fields": [
    { "name": "seats", "type": { "type": "array", "items": "string" }, "default": [] },
    { "name": "why",
      "type": ["null", { "type": "enum", "name": "Why", "symbols": ["A", "B"] }],
      "aliases": ["reason"] }
  ]
}`);
  if (root.node.kind !== "record") throw new Error("a record was expected");
  t.equal(root.node.name, "shop.Paid");
  const [seats, why] = root.node.fields;
  const at = (line: number, column: number, pointer: string) => ({
    line,
    column,
    pointer,
    reference: undefined,
  });
  t.same(root.node.attributes.get("fields"), at(3, 13, "/fields"));
  t.same(seats?.at, at(4, 5, "/fields/seats"));
  t.same(seats?.attributes.get("default"), at(4, 83, "/fields/seats/default"));
  t.match(seats?.type.node, { kind: "array", items: { at: at(4, 60, "/fields/seats/type/items") } });
  t.same(why?.aliases, [{ name: "reason", at: at(7, 19, "/fields/why/aliases/reason") }]);
  t.match(why?.type.node, {
    kind: "union",
    branches: [
      { at: at(6, 16, "/fields/why/type/null") },
      {
        at: at(6, 24, "/fields/why/type/shop.Why"),
        node: { symbols: [{}, { name: "B", at: at(6, 74, "/fields/why/type/shop.Why/symbols/B") }] },
      },
    ],
  });
  t.same(problems, []);
});

t.test("locate() resolves names by the specification", async (t) => {
  const row = { type: "record", name: "Row", fields: [field("int")] };
  const namesOf = (text: string, references: readonly string[] = []) =>
    [...locate(text, references).named.keys()].sort();
  t.same(
    namesOf(record(field(row), { name: "b", type: "Row" })),
    ["shop.Paid", "shop.Row"],
    "inherited namespace",
  );
  t.same(
    namesOf(record(field("Row"), { name: "b", type: row })),
    ["shop.Paid", "shop.Row"],
    "used before defined",
  );
  t.same(namesOf(record(field({ ...row, namespace: "" }), { name: "b", type: "Row" })), ["Row", "shop.Paid"]);
  t.same(namesOf(record(field({ ...row, name: "x.Row", namespace: "y" }))), ["shop.Paid", "x.Row"]);
  t.same(namesOf(record(field(row), { name: "b", type: { ...row, doc: "Again." } })), [
    "shop.Paid",
    "shop.Row",
  ]);
  t.same(namesOf(record(field("shop.Row")), [JSON.stringify({ ...row, name: "shop.Row" })]), [
    "shop.Paid",
    "shop.Row",
  ]);
  const { root } = locate(record(field(["null", "Paid"])));
  t.ok(root.node.kind === "record" && root.node.fields[0]?.type.node.kind === "union");
  const { named } = locate(record(field("shop.Row")), [JSON.stringify({ ...row, name: "shop.Row" })]);
  t.match(named.get("shop.Row")?.at, { line: 1, column: 1, pointer: "", reference: "shop.Row" });
});

t.test("locate() refuses what no tree can be made of, with line and column", async (t) => {
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    ['{\n "type": }', 2, 10, /^it is not JSON: /],
    ['{ "type": "int", }', 1, 18, /^it is not JSON: /],
    ["", 1, 1, /^it is not JSON: /],
    ["[".repeat(100_000), 1, 1001, /over 1000 levels deep/],
    ['"strnig"', 1, 1, /'strnig' is neither a type of Avro's nor defined here/],
    ['{"type":"record","name":"A","fields":[\n{"name":"x","type":"B"}]}', 2, 20, /'B' is neither/],
    ['{"type":"record","name":"A","fields":[{"name":"x"}]}', 1, 39, /field 'x' of 'A' has no type/],
    ['{"type":"record","name":"A","fields":[{"type":"int"}]}', 1, 39, /a field of 'A' has no name/],
    ['{"type":"record","name":"A","fields":3}', 1, 38, /record 'A' has no list of fields/],
    ['{"type":"record","fields":[]}', 1, 1, /a record has no name/],
    ['{"type":"enum","name":"E"}', 1, 1, /enum 'E' has no symbols/],
    ['{"type":"enum","name":"E","symbols":[1]}', 1, 37, /'symbols' must be a list of names/],
    ['{"type":"fixed","name":"F","size":-1}', 1, 35, /size of 'F' must be a whole number of bytes/],
    ['{"type":"array"}', 1, 1, /lacks its attribute 'items'/],
    ['["null",["int"]]', 1, 9, /a union stands directly in a union/],
    ['["null","int",{"type":"int"}]', 1, 15, /two branches of type 'int'/],
    ["{}", 1, 1, /must have the attribute 'type'/],
    ["7", 1, 1, /a type must be a name, an object or a list/],
    [
      record(field({ type: "fixed", name: "F", size: 1 }), {
        name: "b",
        type: { type: "fixed", name: "F", size: 2 },
      }),
      1,
      123,
      /'shop.F' is defined twice and differently, first in line 1/,
    ],
  ];
  for (const [text, line, column, why] of cases) {
    const error = t.throws(
      () => locate(text),
      { name: "SchemaTextError", line, column, why },
      text.slice(0, 60),
    );
    t.type(error, SchemaTextError);
  }
});

t.test("locate() refuses a schema of too many types or levels before the stack does", async (t) => {
  const deep = `${'{"type":"array","items":'.repeat(300)}"int"${"}".repeat(300)}`;
  t.throws(() => locate(deep), { name: "SchemaTextError", why: /over 200 levels deep/ });
  const wide = record(...Array.from({ length: 20_001 }, (_, index) => ({ name: `f${index}`, type: "int" })));
  t.throws(() => locate(wide), { name: "SchemaTextError", why: /over 20000 types/ });
});

t.test("locate() reads on over what the specification forbids and tells it as a problem", async (t) => {
  const e = { type: "enum", name: "E", symbols: ["A", "B"] };
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [record(field("int", { name: "with space" })), "name", /field 'with space' must begin with a letter/],
    [record(field({ ...e, symbols: ["A", "3"] })), "name", /symbol '3' must begin/],
    [record(field({ ...e, name: "x-y" })), "name", /name 'x-y' must begin/],
    [record(field("int", { aliases: ["9"] })), "name", /alias '9' must begin/],
    [record(field({ ...e, symbols: ["A", "A"] })), "duplicate", /symbol 'A' is there twice/],
    [record(field("int"), field("int")), "duplicate", /field 'a' is there twice/],
    [
      record(field({ ...e, default: "C" })),
      "default",
      /default 'C' of enum 'shop.E' is not one of its symbols/,
    ],
    [
      record(field("int", { default: "1" })),
      "default",
      /default "1" of field 'a' is no value of its type int/,
    ],
    [record(field(["int", "null"], { default: null })), "default order", /not of its union's first type int/],
    [
      record(field("int", { order: "sideways" })),
      "attribute",
      /order of field 'a' must be ascending, descending or ignore/,
    ],
    [record(field("int", { order: 1 })), "attribute", /order of field 'a' must be/],
    ['{"type":"int","type":"long"}', "attribute", /attribute 'type' is written twice/],
  ];
  for (const [text, about, what] of cases) {
    t.match(locate(text).problems, [{ about, what }], text);
    t.equal(locate(text).problems.length, 1);
  }
});

t.test("locate() judges defaults as the specification encodes them", async (t) => {
  const row = { type: "record", name: "Row", fields: [field("int"), { name: "b", type: "int", default: 1 }] };
  const cases: readonly (readonly [unknown, string, boolean])[] = [
    ["int", "2147483647", true],
    ["int", "2147483648", false],
    ["int", "1.0", false],
    ["long", "9223372036854775807", true],
    ["long", "9223372036854775808", false],
    ["double", "1e3", true],
    ["double", '"NaN"', true],
    ["string", "null", false],
    ["bytes", '"\\u00ff"', true],
    ["bytes", '"\\u0100"', false],
    [{ type: "fixed", name: "F", size: 2 }, '"ab"', true],
    [{ type: "fixed", name: "F", size: 2 }, '"abc"', false],
    [{ type: "enum", name: "E", symbols: ["A"] }, '"A"', true],
    [{ type: "array", items: "int" }, "[1]", true],
    [{ type: "array", items: "int" }, '["1"]', false],
    [{ type: "map", values: "int" }, '{"__proto__": 1}', true],
    [{ type: "map", values: "int" }, '{"__proto__": "x"}', false],
    [row, '{"a": 1}', true],
    [row, '{"b": 1}', false],
    [["null", "string"], "null", true],
    [["null", "string"], "7", false],
  ];
  for (const [type, written, fits] of cases) {
    const text = record(field(type)).replace(/\}\]\}$/, `,"default":${written}}]}`);
    const about = locate(text).problems.map((problem) => problem.about);
    t.same(about, fits ? [] : ["default"], text);
  }
});
