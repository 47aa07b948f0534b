import t from "tap";
import { InvalidSchema } from "../../../../workers/_runtime/avro/failures.ts";
import { fullName } from "../../../../workers/_runtime/avro/names.ts";
import { parseSchema } from "../../../../workers/_runtime/avro/schema.ts";
import type { AvroSchema } from "../../../../workers/_runtime/event.ts";
import { decode, decodeAs, peer, record } from "./codec-of.ts";

const bytes = (...values: readonly number[]) => Buffer.from(values);
const inner = record("Inner", { name: "x", type: "int" });

t.test("parseSchema() takes what Java and registries take and avsc refuses", async (t) => {
  const cases: readonly (readonly [string, AvroSchema, Buffer, unknown])[] = [
    [
      "a union's default of a later branch",
      record("R", { name: "a", type: ["string", "null"], default: null }),
      bytes(2),
      { a: null },
    ],
    [
      "a forward reference",
      record("R", { name: "a", type: ["null", "Inner"] }, { name: "b", type: inner }),
      bytes(0, 2),
      { a: null, b: { x: 1 } },
    ],
    [
      "the same definition twice",
      record("R", { name: "a", type: inner }, { name: "b", type: inner }),
      bytes(2, 4),
      { a: { x: 1 }, b: { x: 2 } },
    ],
    [
      "a default of NaN",
      record("R", { name: "a", type: "double", default: "NaN" }),
      Buffer.alloc(8),
      { a: 0 },
    ],
  ];
  for (const [what, schema, payload, value] of cases) {
    t.throws(() => peer(schema), `avsc: ${what}`);
    t.same(decode(schema, payload), value, what);
  }
});

t.test("parseSchema() fills in defaults of every type", async (t) => {
  const cases: readonly (readonly [AvroSchema, unknown, unknown])[] = [
    ["null", null, null],
    ["boolean", true, true],
    ["int", -1, -1],
    ["long", 2 ** 53 - 1, 2 ** 53 - 1],
    ["float", 1.5, 1.5],
    ["double", "NaN", Number.NaN],
    ["double", "-Infinity", -Infinity],
    ["string", "it's\n\u2028\"", "it's\n\u2028\""],
    ["bytes", "\u00ff\0", bytes(0xff, 0)],
    [{ type: "fixed", name: "F", size: 2 }, "ab", Buffer.from("ab")],
    [{ type: "enum", name: "E", symbols: ["X", "Y"] }, "Y", "Y"],
    [{ type: "array", items: ["null", "string"] }, ["a", null], ["a", null]],
    [{ type: "map", values: "int" }, { a: 1 }, { a: 1 }],
    [["null", "string"], "a", "a"],
    [
      record("In", { name: "x", type: "int", default: 3 }, { name: "y", type: "int" }),
      { y: 4 },
      { x: 3, y: 4 },
    ],
  ];
  for (const [type, fallback, value] of cases) {
    t.same(
      decodeAs(record("R"), record("R", { name: "a", type, default: fallback }), bytes()),
      { a: value },
      JSON.stringify(type),
    );
  }
  const own = Object(
    decodeAs(
      record("R"),
      record("R", {
        name: "a",
        type: { type: "map", values: "int" },
        default: JSON.parse('{"__proto__":1}'),
      }),
      bytes(),
    ),
  );
  t.same(Object.entries(own.a), [["__proto__", 1]]);
});

t.test("compile() refuses a reader whose default is not of its type, naming it", async (t) => {
  for (const [type, fallback] of [
    ["int", "1"],
    ["int", 1.5],
    ["long", 2 ** 53],
    ["string", null],
    ["bytes", "\u0100"],
    ["double", "1"],
  ]) {
    t.throws(() => decodeAs(record("R"), record("R", { name: "a", type, default: fallback }), bytes()), {
      name: "InvalidSchema",
      message: `Cannot use schema as the default of 'R.a' must be of its type ${type}: current value is ${JSON.stringify(fallback)}`,
    });
  }
});

t.test("compile() refuses a default that doubles with every level, instead of writing it out", async (t) => {
  const level = (n: number): AvroSchema =>
    n === 34
      ? record(`D${n}`, { name: "x", type: "int", default: 1 })
      : record(
          `D${n}`,
          { name: "a", type: level(n + 1), default: {} },
          { name: "b", type: `D${n + 1}`, default: {} },
        );
  t.throws(() => decodeAs(record("R"), record("R", { name: "d", type: level(0), default: {} }), bytes()), {
    name: "InvalidSchema",
    message: /default of 'R\.d' must be of at most 10000 values/,
  });
  t.ok(decodeAs(record("R"), record("R", { name: "d", type: level(26), default: {} }), bytes()));
});

t.test("parseSchema() resolves names in namespaces, and references to other schemas", async (t) => {
  const money = { type: "record", name: "shop.Money", fields: [{ name: "minor", type: "long" }] };
  const order = {
    type: "record",
    name: "Order",
    namespace: "shop",
    fields: [
      { name: "a", type: "Money" },
      { name: "b", type: { type: "array", items: "shop.Money" } },
    ],
  };
  t.match(parseSchema(order, [money]), {
    kind: "record",
    name: "shop.Order",
    fields: [{ type: { name: "shop.Money" } }, { type: { items: { name: "shop.Money" } } }],
  });
  t.throws(
    () => parseSchema(order),
    new InvalidSchema(
      "Cannot read schema as it names a type that it doesn't define: current value is 'shop.Money'",
    ),
  );
  const nested = {
    type: "record",
    name: "a.b.R",
    fields: [
      { name: "e", type: { type: "enum", name: "E", symbols: ["X"] } },
      { name: "f", type: "a.b.E" },
    ],
  };
  t.same(decode(nested, bytes(0, 0)), { e: "X", f: "X" });
});

t.test("parseSchema() says what is wrong", async (t) => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /a type is missing: current value is null/],
    [7, /a type is missing: current value is 7/],
    ["nothing", /names a type that it doesn't define: current value is 'nothing'/],
    [{ type: "record", fields: [] }, /a record has no name/],
    [{ type: "record", name: "R" }, /'R' has no fields/],
    [record("R", { name: "a", type: "int" }, { name: "a", type: "int" }), /'R' has two fields of one name/],
    [record("R", { type: "int" }), /a field of 'R' has no name/],
    [["int", "int"], /one branch of each type and no union: current value is 'int'/],
    [["int", ["null"]], /no union: current value is 'union'/],
    [{ type: "fixed", name: "F", size: -1 }, /the size of 'F' must be a whole number: current value is -1/],
    [
      { type: "enum", name: "E", symbols: "X" },
      /the symbols of 'E' must be a list of names: current value is "X"/,
    ],
    [[inner, record("O", { name: "a", type: record("Inner") })], /'Inner' must have one definition/],
    [{ type: "array" }, /a type is missing: current value is nothing/],
  ];
  for (const [schema, message] of cases) {
    t.throws(
      () => parseSchema(schema as AvroSchema),
      { name: "InvalidSchema", message },
      JSON.stringify(schema),
    );
  }
});

t.test("parseSchema() bounds what a schema may cost", async (t) => {
  let deep: AvroSchema = "int";
  for (let level = 0; level < 300; level++) deep = { type: "array", items: deep };
  t.throws(() => parseSchema(deep), { name: "InvalidSchema", message: /deeper than 200/ });
  const wide = record(
    "R",
    ...Array.from({ length: 20_001 }, (_, index) => ({ name: `f${index}`, type: "int" })),
  );
  t.throws(() => parseSchema(wide), { name: "InvalidSchema", message: /larger than 20000 types/ });
});

t.test("fullName() answers for schemas that can't be read further", async (t) => {
  const cases: readonly (readonly [unknown, string])[] = [
    [record("a.R"), "a.R"],
    [{ type: "record", name: "R", namespace: "b", fields: 7 }, "b.R"],
    ["string", "string"],
    [{ type: "array", items: "x" }, "array"],
    [["null"], "union"],
  ];
  for (const [schema, name] of cases) t.equal(fullName(schema as AvroSchema), name);
});
