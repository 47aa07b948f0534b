import t from "tap";
import { topics } from "../../../../schemas/topics.ts";
import { boundaryValues } from "../../../../scripts/schemas/fleet/boundary-values.ts";
import { encoder } from "../../../../workers/_runtime/avro/encode.ts";
import { parseSchema } from "../../../../workers/_runtime/avro/schema.ts";
import type { AvroSchema } from "../../../../workers/_runtime/mod.ts";
import { decode, record } from "../../../workers/_runtime/avro/codec-of.ts";

const valuesOf = (schema: AvroSchema) => boundaryValues(parseSchema(schema)).values;
const decoded = (schema: AvroSchema) => valuesOf(schema).map(({ bytes }) => decode(schema, bytes));

t.test("boundaryValues() hits every symbol, every branch and the bounds of numbers", async (t) => {
  const schema = record(
    "R",
    { name: "i", type: "int" },
    { name: "e", type: { type: "enum", name: "E", symbols: ["A", "B", "C"] } },
    { name: "u", type: ["string", "null", "E", { type: "fixed", name: "F", size: 2 }] },
    { name: "l", type: { type: "array", items: ["null", "long"] } },
    { name: "m", type: { type: "map", values: "boolean" } },
    { name: "big", type: { type: "long", tsType: "bigint" } },
  );
  const values = decoded(schema).map((value) => Object(value));
  const seen = (field: string) => values.map((value) => value[field]);
  for (const bound of [0, -(2 ** 31), 2 ** 31 - 1]) t.ok(seen("i").includes(bound), String(bound));
  for (const symbol of ["A", "B", "C"]) {
    t.ok(seen("e").includes(symbol), symbol);
    t.ok(seen("u").includes(symbol), `${symbol}, behind a string that would have taken it`);
  }
  t.ok(seen("u").includes(null));
  t.ok(seen("u").some((value) => Buffer.isBuffer(value)));
  t.same(new Set(seen("l").map((list) => list.length)), new Set([0, 1, 3]));
  t.ok(seen("l").some(([first]) => first === Number.MIN_SAFE_INTEGER));
  t.ok(seen("m").some((map) => Object.hasOwn(map, "__proto__")));
  for (const bound of [-(2n ** 63n), 2n ** 63n - 1n]) t.ok(seen("big").includes(bound), String(bound));
});

t.test("boundaryValues() changes one thing at a time, and says which", async (t) => {
  const inner = record("shop.In", { name: "reason", type: { type: "enum", name: "E", symbols: ["A", "B"] } });
  const schema = record(
    "shop.R",
    { name: "x", type: "boolean" },
    { name: "in", type: { type: "array", items: inner } },
  );
  const values = valuesOf(schema).map(({ bytes, path, shows }) => ({
    value: decode(schema, bytes),
    path,
    shows,
  }));
  t.same(values, [
    { value: { x: false, in: [] }, path: "R", shows: "plain" },
    { value: { x: true, in: [] }, path: "R.x", shows: "true" },
    { value: { x: false, in: [{ reason: "A" }] }, path: "In", shows: "one in it" },
    { value: { x: false, in: [{ reason: "B" }] }, path: "In.reason", shows: "symbol B" },
    {
      value: { x: false, in: [{ reason: "A" }, { reason: "A" }, { reason: "A" }] },
      path: "R.in",
      shows: "three in it",
    },
  ]);
});

t.test("boundaryValues() are the bytes that the runtime's encoder writes", async (t) => {
  for (const { records } of topics) {
    for (const { fullName, schema } of records) {
      const encode = encoder(parseSchema(schema));
      const values = valuesOf(schema);
      t.ok(values.length >= 5, fullName);
      for (const { bytes, path, shows } of values)
        t.ok(encode(decode(schema, bytes), 0).equals(bytes), `${path} ${shows}`);
    }
  }
});

t.test("boundaryValues() ends on recursive schemas, and on those that grow without end", async (t) => {
  const tree = record(
    "Tree",
    { name: "next", type: ["null", "Tree"] },
    { name: "all", type: { type: "array", items: "Tree" } },
  );
  const trees = decoded(tree).map((value) => JSON.stringify(value));
  t.ok(trees.some((value) => value.includes('"next":{')));
  t.ok(trees.some((value) => value.includes('"all":[{')));
  t.same(valuesOf(record("Endless", { name: "self", type: "Endless" })), [], "it has no value at all");
  const levels = Array.from({ length: 40 }, (_, n) =>
    record(`L${n}`, { name: "a", type: `L${n + 1}` }, { name: "b", type: `L${n + 1}` }),
  );
  const wide = record("Top", {
    name: "o",
    type: ["null", ...levels, record("L40", { name: "x", type: "int" })],
  });
  t.ok(valuesOf(wide).length > 0);
  t.notOk(boundaryValues(parseSchema(wide)).complete, "and says that there are more");
  const many = Array.from({ length: 700 }, (_, n) => ({ name: `f${n}`, type: "int" }));
  t.match(boundaryValues(parseSchema(record("Many", ...many))), {
    values: { length: 1_401 },
    complete: true,
  });
  const more = record("More", ...many, ...many.map(({ name, type }) => ({ name: `g${name}`, type })));
  t.match(boundaryValues(parseSchema(more)), { values: { length: 2_000 }, complete: false });
});
