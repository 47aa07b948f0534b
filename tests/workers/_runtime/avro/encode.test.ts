import fc from "fast-check";
import t from "tap";
import { encoder } from "../../../../workers/_runtime/avro/encode.ts";
import { parseSchema } from "../../../../workers/_runtime/avro/schema.ts";
import type { AvroSchema } from "../../../../workers/_runtime/event.ts";
import { decode, peer, record, varint } from "./codec-of.ts";

const encode = (schema: AvroSchema, value: unknown) => encoder(parseSchema(schema))(value, 0);

t.test("encode() writes every long that a number holds exactly", async (t) => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => t.same(encode("long", value), varint(BigInt(value)))),
  );
  for (const bits of [6, 7, 13, 14, 27, 28, 30, 31, 34, 52, 53]) {
    for (const value of [2 ** bits - 1, 1 - 2 ** bits, 2 ** (bits - 1), -(2 ** (bits - 1))]) {
      t.same(encode("long", value), varint(BigInt(value)), String(value));
    }
  }
});

const EVERYTHING = record(
  "R",
  { name: "a", type: "long" },
  { name: "b", type: { type: "array", items: ["null", "string"] } },
  { name: "c", type: { type: "map", values: "double" } },
  { name: "d", type: { type: "enum", name: "E", symbols: ["X", "Y"] } },
  { name: "e", type: ["null", record("In", { name: "x", type: "int" }, { name: "y", type: "boolean" })] },
  { name: "f", type: "bytes" },
  { name: "g", type: { type: "fixed", name: "F", size: 2 } },
  { name: "h", type: "float" },
);
const everything = fc.record({
  a: fc.integer(),
  b: fc.array(fc.option(fc.string({ unit: "grapheme" }))),
  c: fc.dictionary(fc.string(), fc.double()),
  d: fc.constantFrom("X", "Y"),
  e: fc.option(fc.record({ x: fc.integer(), y: fc.boolean() })),
  f: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  g: fc.uint8Array({ minLength: 2, maxLength: 2 }).map((bytes) => Buffer.from(bytes)),
  h: fc.float(),
});

t.test("encode() writes what avsc writes, and decode() reads it back", async (t) => {
  fc.assert(
    fc.property(everything, (value) => {
      const payload = encode(EVERYTHING, value);
      t.same(payload, peer(EVERYTHING).toBuffer(value));
      t.same(peer(EVERYTHING).toBuffer(decode(EVERYTHING, payload)), payload);
    }),
  );
});

t.test("encode() grows for large events", async (t) => {
  const text = "é".repeat(300_000);
  t.equal(decode("string", encode("string", text)), text);
  const rows = Array.from({ length: 50_000 }, (_, index) => index);
  t.same(decode({ type: "array", items: "int" }, encode({ type: "array", items: "int" }, rows)), rows);
});

t.test("encode() names the path, the type and the value, never a text", async (t) => {
  const order = record(
    "Order",
    { name: "id", type: "string" },
    { name: "amount", type: "long" },
    { name: "lines", type: { type: "array", items: record("Line", { name: "seats", type: "int" }) } },
    { name: "state", type: { type: "enum", name: "State", symbols: ["OPEN", "SHUT"] } },
    { name: "note", type: ["null", "string"] },
    { name: "tags", type: { type: "map", values: "int" } },
  );
  const fine = {
    id: "r-1",
    amount: 1,
    lines: [{ seats: 1 }, { seats: 2 }],
    state: "OPEN",
    note: null,
    tags: {},
  };
  t.ok(encode(order, fine));
  const cases: readonly (readonly [object, string])[] = [
    [{ amount: 1.5 }, "Cannot encode 'amount' as it must be a whole number below 2^53: current value is 1.5"],
    [
      { amount: 2 ** 53 },
      "Cannot encode 'amount' as it must be a whole number below 2^53: current value is 9007199254740992",
    ],
    [
      { amount: "12" },
      "Cannot encode 'amount' as it must be a whole number below 2^53: current value is a text of 2 characters",
    ],
    [
      { amount: Number.NaN },
      "Cannot encode 'amount' as it must be a whole number below 2^53: current value is NaN",
    ],
    [{ amount: 5n }, "Cannot encode 'amount' as it must be a whole number below 2^53: current value is 5n"],
    [{ id: undefined }, "Cannot encode 'id' as it must be string: current value is undefined"],
    [
      { id: "a\ud800" },
      "Cannot encode 'id' as it must be string: current value is a text of 2 characters with half a surrogate pair",
    ],
    [
      { lines: [{ seats: 1 }, { seats: 2 ** 31 }] },
      "Cannot encode 'lines[1].seats' as it must be a whole number of 32 bits: current value is 2147483648",
    ],
    [{ lines: {} }, "Cannot encode 'lines' as it must be a list: current value is an object"],
    [
      { lines: [7] },
      "Cannot encode 'lines[0]' as it must be an object, the record 'Line': current value is 7",
    ],
    [{ state: "CLOSED" }, "Cannot encode 'state' as it must be one of OPEN, SHUT: current value is 'CLOSED'"],
    [
      { state: "jane.doe@example.org" },
      "Cannot encode 'state' as it must be one of OPEN, SHUT: current value is a text of 20 characters",
    ],
    [{ note: 7 }, "Cannot encode 'note' as it must be null or string: current value is 7"],
    [
      { tags: { "jane doe": "x" } },
      "Cannot encode 'tags[…]' as it must be a whole number of 32 bits: current value is a text of 1 characters",
    ],
    [
      { tags: [] },
      "Cannot encode 'tags' as it must be an object with well-formed keys: current value is a list of 0",
    ],
  ];
  for (const [change, message] of cases) {
    t.throws(() => encode(order, { ...fine, ...change }), { name: "EncodeFailed", message }, message);
  }
  t.throws(() => encode(order, null), {
    message: "Cannot encode 'the event' as it must be an object, the record 'Order': current value is null",
  });
  t.ok(encode(order, fine), "an event that failed leaves nothing behind");
});

t.test(
  "encode() writes defaults for what is missing and leaves out what the schema doesn't have",
  async (t) => {
    const schema = record(
      "R",
      { name: "a", type: "int", default: 5 },
      { name: "b", type: ["null", "string"], default: null },
      { name: "c", type: "bytes", default: "\u00ff" },
      { name: "d", type: "double", default: "NaN" },
    );
    t.same(decode(schema, encode(schema, { type: "R", other: 1 })), {
      a: 5,
      b: null,
      c: Buffer.from([0xff]),
      d: Number.NaN,
    });
  },
);

t.test(
  "encode() writes the default of a union's later branch, of bytes inside one, of nested records",
  async (t) => {
    const pair = record("P", { name: "l", type: "int", default: 3 }, { name: "r", type: "bytes" });
    const schema = record(
      "R",
      { name: "a", type: [{ type: "fixed", name: "F", size: 2 }, "null"], default: "\u00ff\u0001" },
      { name: "b", type: { type: "array", items: ["bytes", "int"] }, default: ["\u00fe", 4] },
      { name: "c", type: ["null", pair], default: { r: "\u00fd" } },
      { name: "d", type: ["double", "null"], default: "NaN" },
    );
    t.same(decode(schema, encode(schema, {})), {
      a: Buffer.from([0xff, 1]),
      b: [Buffer.from([0xfe]), 4],
      c: { type: "P", l: 3, r: Buffer.from([0xfd]) },
      d: Number.NaN,
    });
  },
);

t.test("encode() refuses a default that never ends", async (t) => {
  const endless = record("R", { name: "next", type: ["R", "null"], default: {} });
  t.throws(() => encoder(parseSchema(endless)), {
    name: "InvalidSchema",
    message: /'R\.next' must be of its type/,
  });
});

t.test("encode() picks the branch that takes all of the value", async (t) => {
  const a = record("A", { name: "x", type: "int" });
  const b = record("B", { name: "x", type: "int" }, { name: "y", type: "string" });
  const union = [b, a, "int", "long", "double", "null"];
  for (const [value, branch] of [
    [{ x: 1, y: "z" }, 0],
    [{ x: 1 }, 1],
    [7, 2],
    [2 ** 40, 3],
    [1.5, 4],
    [null, 5],
  ] as const) {
    const payload = encode(union, value);
    t.equal(payload[0], branch * 2);
    t.match(decode(union, payload), value);
  }
  t.throws(() => encode(union, { x: "one" }), { name: "EncodeFailed", message: /^Cannot encode 'x'/ });
});

t.test(
  "encode() takes only an event's own properties for fields, whatever every object inherits",
  async (t) => {
    const schema = record(
      "R",
      { name: "constructor", type: "int", default: 5 },
      { name: "toString", type: ["null", "string"], default: null },
      { name: "__proto__", type: { type: "map", values: "int" }, default: { a: 1 } },
    );
    const filled = Object(decode(schema, encode(schema, {})));
    t.same(Object.entries(filled), [
      ["constructor", 5],
      ["toString", null],
      ["__proto__", { a: 1 }],
    ]);
    const own = JSON.parse('{"constructor":6,"toString":"x","__proto__":{"b":2}}');
    t.same(Object.entries(Object(decode(schema, encode(schema, own)))), Object.entries(own));
    const needed = record("R", { name: "valueOf", type: "int" });
    t.throws(() => encode(needed, {}), {
      message: "Cannot encode 'valueOf' as it must be a whole number of 32 bits: current value is undefined",
    });
  },
);

t.test("encode() takes an object that doesn't say its type for a map, where the union has one", async (t) => {
  const open = record("Open", { name: "a", type: "int", default: 1 });
  const union = [open, { type: "map", values: "int" }];
  t.same(decode(union, encode(union, { b: 2 })), { b: 2 });
  t.same(decode(union, encode(union, { type: "Open", a: 3 })), { type: "Open", a: 3 });
});

t.test("encode() gives up on an event that every branch of many unions nearly takes", async (t) => {
  const next = { name: "next", type: ["null", "A", "B"] };
  const union = [
    record("A", { name: "x", type: "int" }, next),
    record("B", { name: "x", type: "int" }, next),
  ];
  let event: object = { x: "wrong", next: null };
  for (let level = 0; level < 60; level++) event = { x: 1, next: event };
  t.throws(() => encode(union, event), {
    name: "EncodeFailed",
    message: /must be a whole number of 32 bits/,
  });
});

t.test("encode() stops at an object that contains itself", async (t) => {
  const tree = record("Node", { name: "next", type: ["null", "Node"] });
  const loop: { next: unknown } = { next: null };
  loop.next = loop;
  t.throws(() => encode(tree, loop), {
    name: "EncodeFailed",
    message: /nested deeper than 512 levels: does it contain itself\?/,
  });
});

t.test("encode() leaves the reserved bytes in front", async (t) => {
  t.same(encoder(parseSchema("int"))(1, 5).subarray(5), Buffer.from([2]));
});

t.test("encode() takes the branch that keeps a number as it is, where the union has one", async (t) => {
  const union = ["null", "int", "float", "double"];
  for (const value of [0, -0, 0.1, 0.5, 1e-300, 1e300, 2 ** 24 + 1, 2 ** 31, Number.NaN, -Infinity, 5e-324]) {
    t.ok(Object.is(decode(union, encode(union, value)), value), String(value));
  }
  t.equal(
    decode(["null", "float"], encode(["null", "float"], 0.1)),
    Math.fround(0.1),
    "rounded if it must be",
  );
  t.equal(decode(["int", "null"], encode(["int", "null"], -0)), 0);
});
