import t from "tap";
import { Unresolvable } from "../../../../workers/_runtime/avro/failures.ts";
import type { AvroSchema } from "../../../../workers/_runtime/event.ts";
import { decode, decodeAs, peer, record } from "./codec-of.ts";

const unresolvable = (message: string) => ({ name: "Unresolvable", message });
const bytes = (...values: readonly number[]) => Buffer.from(values);
/** avsc's answer for a whole schema id. */
const peerResolver = (writer: AvroSchema, reader: AvroSchema) => peer(reader).createResolver(peer(writer));

const suit = (...symbols: readonly string[]) => ({ type: "enum", name: "Suit", symbols });

t.test("resolve() promotes as the specification says", async (t) => {
  const types: readonly (readonly [string, unknown])[] = [
    ["null", null],
    ["boolean", true],
    ["int", 3],
    ["long", 3],
    ["float", 3],
    ["double", 3],
    ["string", "3"],
    ["bytes", Buffer.from("3")],
  ];
  for (const [writer, value] of types) {
    for (const [reader, expected] of types) {
      const payload = peer(writer).toBuffer(value);
      const allowed =
        writer === reader ||
        ["int>long", "int>float", "int>double", "long>float", "long>double", "float>double"].includes(
          `${writer}>${reader}`,
        ) ||
        ["string>bytes", "bytes>string"].includes(`${writer}>${reader}`);
      if (allowed) t.same(decodeAs(writer, reader, payload), expected, `${writer} to ${reader}`);
      else t.throws(() => decodeAs(writer, reader, payload), Unresolvable, `${writer} to ${reader}`);
    }
  }
});

t.test("resolve() rounds only where the reader asked for floating point", async (t) => {
  const long = bytes(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
  t.equal(decodeAs("long", "double", long), 2 ** 63);
  t.equal(decodeAs("long", "float", long), 2 ** 63);
  t.equal(decodeAs("int", "float", peer("int").toBuffer(16_777_217)), 16_777_216);
});

t.test(
  "resolve() matches names without their namespace, which avsc and the registry client refuse",
  async (t) => {
    const writer = {
      type: "record",
      name: "R",
      namespace: "com.acme",
      fields: [{ name: "a", type: suit("X") }],
    };
    const reader = { ...writer, namespace: "boxoffice" };
    t.throws(() => peerResolver(writer, reader), "avsc refuses every message");
    t.same(decodeAs(writer, reader, bytes(0)), { a: "X" });
  },
);

t.test("resolve() reads a wider writer union, datum by datum", async (t) => {
  const writer = record("R", { name: "a", type: ["null", "string", "int"] });
  const reader = record("R", { name: "a", type: ["null", "string"] });
  t.throws(() => peerResolver(writer, reader), "avsc refuses every message");
  t.same(decodeAs(writer, reader, bytes(0)), { a: null });
  t.same(decodeAs(writer, reader, bytes(2, 2, 0x61)), { a: "a" });
  t.throws(
    () => decodeAs(writer, reader, bytes(4, 2)),
    unresolvable("'R.a' was written as int, which is no branch of the reader's union"),
  );
  const plain = record("R", { name: "a", type: "string" });
  t.same(decodeAs(reader, plain, bytes(2, 2, 0x61)), { a: "a" });
  t.throws(
    () => decodeAs(reader, plain, bytes(0)),
    unresolvable("'R.a' was written as null, the reader has string"),
  );
});

t.test("resolve() reads a wider writer enum, datum by datum", async (t) => {
  const [writer, reader] = [suit("A", "B", "C"), suit("C", "A")];
  t.throws(() => peerResolver(writer, reader), "avsc refuses every message");
  t.equal(decodeAs(writer, reader, bytes(0)), "A");
  t.equal(decodeAs(writer, reader, bytes(4)), "C");
  t.throws(() => decodeAs(writer, reader, bytes(2)), Unresolvable);
  t.equal(decodeAs(writer, { ...reader, default: "C" }, bytes(2)), "C");
});

t.test("resolve() of a list fails only for data that has the element", async (t) => {
  const [writer, reader] = [
    { type: "array", items: "string" },
    { type: "array", items: "int" },
  ];
  t.same(decodeAs(writer, reader, bytes(0)), []);
  t.throws(
    () => decodeAs(writer, reader, bytes(2, 0, 0)),
    unresolvable("'array[]' was written as string, the reader has int"),
  );
});

t.test("resolve() takes the branch that resolves where avsc compiles one that can't be read", async (t) => {
  const a = record("A", { name: "x", type: "int" }, { name: "y", type: "int" });
  const b = { type: "record", name: "B", aliases: ["A"], fields: [{ name: "x", type: "int" }] };
  const reader = record("R", { name: "a", type: [a, b] }, { name: "again", type: ["A", "B"] });
  const writer = record(
    "R",
    { name: "a", type: record("A", { name: "x", type: "int" }) },
    { name: "again", type: "A" },
  );
  const type = peer(reader, "always");
  const resolver = type.createResolver(peer(writer));
  t.throws(() => type.fromBuffer(bytes(2, 4), resolver), /_read is not a function/);
  t.same(decodeAs(writer, reader, bytes(2, 4)), {
    a: { type: "B", x: 1 },
    again: { type: "B", x: 2 },
  });
  t.throws(
    () => decodeAs(writer, record("R", { name: "a", type: a }), bytes(2, 4)),
    unresolvable("'A.y' was not written, and the reader has no default for it"),
  );
});

t.test("resolve() prefers the writer's own type to the reader's first that would do", async (t) => {
  t.same(decodeAs("int", ["double", "string", "int"], bytes(2)), 1);
  t.same(decodeAs("int", ["string", "double"], bytes(2)), 1);
  const exact = [
    record("x.A", { name: "v", type: "int" }),
    record("y.A", { name: "v", type: "int", default: 0 }, { name: "w", type: "int", default: 7 }),
  ];
  t.same(decodeAs(record("y.A", { name: "v", type: "int" }), exact, bytes(2)), { type: "y.A", v: 1, w: 7 });
});

t.test("resolve() says what it is, not a TypeError, when a record reader has another writer", async (t) => {
  const reader = record("R", { name: "a", type: "int" });
  for (const writer of ["string", { type: "map", values: "int" }] as AvroSchema[]) {
    t.throws(() => peer(reader).createResolver(peer(writer)), TypeError);
    t.throws(() => decodeAs(writer, reader, bytes(0)), {
      name: "Unresolvable",
      message: /^'R' was written as .*, the reader has record 'R'$/,
    });
  }
});

t.test("resolve() fills, skips, reorders and renames fields", async (t) => {
  const writer = record(
    "R",
    { name: "gone", type: suit("X") },
    { name: "b", type: "string" },
    { name: "old", type: "int" },
  );
  const reader = record(
    "R",
    { name: "new", type: "long", aliases: ["old"] },
    { name: "list", type: { type: "array", items: "int" }, default: [1] },
    { name: "b", type: "string" },
    { name: "__proto__", type: ["null", "string"], default: null },
  );
  const value = Object(decodeAs(writer, reader, bytes(0, 2, 0x62, 6)));
  t.same(Object.entries(value), [
    ["new", 3],
    ["list", [1]],
    ["b", "b"],
    ["__proto__", null],
  ]);
  value.list.push(2);
  t.same(
    Object(decodeAs(writer, reader, bytes(0, 2, 0x62, 6))).list,
    [1],
    "each value has a default of its own",
  );
  t.throws(
    () => decodeAs(record("R"), reader, bytes()),
    unresolvable("'R.new' was not written, and the reader has no default for it"),
  );
});

t.test("resolve() gives a field's own name before another's alias", async (t) => {
  const writer = record("R", { name: "a", type: "int" });
  const reader = record(
    "R",
    { name: "b", type: "int", aliases: ["a"], default: 7 },
    { name: "a", type: "int" },
  );
  t.same(decodeAs(writer, reader, bytes(2)), { b: 7, a: 1 });
});

t.test(
  "resolve() lets an alias act as the written name, even where a new field now has that name",
  async (t) => {
    const writer = record("R", { name: "g", type: "int" });
    const reader = record(
      "R",
      { name: "price", type: "int", aliases: ["g"], default: 0 },
      { name: "g", type: "int", default: 7 },
    );
    t.same(decodeAs(writer, reader, bytes(2)), { price: 1, g: 7 }, "'g' was renamed, then used again");
    const both = record("R", { name: "price", type: "int" }, { name: "g", type: "int" });
    t.same(decodeAs(both, reader, bytes(2, 4)), { price: 1, g: 2 });
  },
);

t.test("resolve() takes an alias for the full name that it is", async (t) => {
  const written = (namespace: string) => ({ type: "record", name: "Old", namespace, fields: [] });
  const reader = { type: "record", name: "New", namespace: "x", aliases: ["Old"], fields: [] };
  t.same(decodeAs(written("x"), reader, bytes()), {});
  t.throws(
    () => decodeAs(written("y"), reader, bytes()),
    unresolvable("'New' was written as 'y.Old', the reader has 'x.New' and no alias for it"),
  );
});

t.test("resolve() refuses logical types of another unit, which Java reads wrongly", async (t) => {
  const long = (logicalType: string, more: object = {}) => ({ type: "long", logicalType, ...more });
  t.throws(
    () => decodeAs(long("timestamp-micros"), long("timestamp-millis"), bytes(2)),
    unresolvable("'long' was written as timestamp-micros, the reader has timestamp-millis"),
  );
  const decimal = (scale: number) => ({ type: "bytes", logicalType: "decimal", precision: 9, scale });
  t.throws(
    () => decodeAs(decimal(2), decimal(4), bytes(2, 1)),
    unresolvable("'bytes' was written as decimal of scale 2, the reader has decimal of scale 4"),
  );
  t.equal(decodeAs("long", long("timestamp-millis"), bytes(2)), 1);
  t.equal(decodeAs({ type: "int", logicalType: "date" }, "long", bytes(2)), 1);
  t.equal(
    decodeAs({ type: "int", logicalType: "date" }, long("date"), bytes(2)),
    1,
    "avsc: abstract, or refused",
  );
});

t.test("resolve() keeps the shape when a union grows, where avsc starts to wrap", async (t) => {
  t.same(peer(["null", "int"], "auto").fromBuffer(bytes(2, 10)), 5);
  t.same(peer(["null", "int", "double"], "auto").fromBuffer(bytes(2, 10)), { int: 5 });
  t.equal(decode(["null", "int"], bytes(2, 10)), 5);
  t.equal(decode(["null", "int", "double"], bytes(2, 10)), 5);
});

t.test("resolve() tells readers apart that differ only in defaults", async (t) => {
  const writer = record("R");
  const reader = (fallback: number) => record("R", { name: "a", type: "int", default: fallback });
  t.ok(peer(reader(1)).equals(peer(reader(2))), "avsc calls them equal");
  t.same(decodeAs(writer, reader(1), bytes()), { a: 1 });
  t.same(decodeAs(writer, reader(2), bytes()), { a: 2 });
});

t.test("resolve() reads recursive and mutually recursive types", async (t) => {
  const tree = record("Node", { name: "v", type: "int" }, { name: "next", type: ["null", "Node"] });
  const wide = record(
    "Node",
    { name: "next", type: ["null", "Node"] },
    { name: "v", type: "long" },
    { name: "w", type: "int", default: 0 },
  );
  const payload = peer(tree).toBuffer({ v: 1, next: { v: 2, next: null } });
  t.same(decodeAs(tree, wide, payload), {
    v: 1,
    w: 0,
    next: { type: "Node", v: 2, w: 0, next: null },
  });
  const mutual = record("A", { name: "b", type: ["null", record("B", { name: "a", type: ["null", "A"] })] });
  t.same(decode(mutual, bytes(2, 2, 0)), { b: { type: "B", a: { type: "A", b: null } } });
});
