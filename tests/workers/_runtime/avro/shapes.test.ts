import t from "tap";
import { encoder } from "../../../../workers/_runtime/avro/encode.ts";
import { parseSchema } from "../../../../workers/_runtime/avro/schema.ts";
import type { AvroSchema } from "../../../../workers/_runtime/event.ts";
import { decode, decodeAs, peer, record, varint } from "./codec-of.ts";

const encode = (schema: AvroSchema, value: unknown) => encoder(parseSchema(schema))(value, 0);
const BIG: AvroSchema = { type: "long", tsType: "bigint" };
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

t.test("decode() and encode() carry all 64 bits of a long marked bigint", async (t) => {
  for (const value of [
    0n,
    -1n,
    63n,
    -64n,
    2n ** 31n,
    2n ** 53n,
    -(2n ** 53n),
    -(2n ** 52n) - 1n,
    MOST,
    LEAST,
  ]) {
    const payload = encode(BIG, value);
    t.same(payload, varint(value), String(value));
    t.equal(decode(BIG, payload), value);
  }
  t.throws(() => encode(BIG, MOST + 1n), {
    name: "EncodeFailed",
    message: /must be a bigint of 64 bits.*9223372036854775808n/,
  });
  t.throws(() => encode(BIG, 1), { name: "EncodeFailed" });
  t.throws(() => encode("long", 1n), {
    name: "EncodeFailed",
    message: /whole number below 2\^53: current value is 1n/,
  });
});

t.test(
  "decode() reads any int or long as a bigint where the reader is marked, whatever the writer is",
  async (t) => {
    t.equal(decodeAs("long", BIG, varint(MOST)), MOST);
    t.equal(decodeAs("int", BIG, varint(-5n)), -5n);
    t.equal(decodeAs(BIG, "long", varint(5n)), 5);
    t.equal(decodeAs(BIG, "double", varint(5n)), 5);
    t.throws(() => decodeAs(BIG, "long", varint(MOST)), { name: "CorruptPayload", message: /beyond 2\^53/ });
  },
);

t.test("a default of a long marked bigint is a bigint, read and written", async (t) => {
  const reader = record(
    "R",
    { name: "a", type: BIG, default: 7 },
    { name: "b", type: [BIG, "null"], default: -1 },
  );
  t.same(decodeAs(record("R"), reader, Buffer.alloc(0)), { a: 7n, b: -1n });
  t.same(decode(reader, encode(reader, {})), { a: 7n, b: -1n });
});

const A = record("shop.A", { name: "x", type: "int" });
const B = record("shop.B", { name: "x", type: "int" });

t.test("decode() tells the records of a union apart by type, which avsc does not", async (t) => {
  const schema = record("R", { name: "u", type: ["null", A, B] });
  const bytes = Buffer.from([4, 2]);
  t.same(decode(schema, bytes), { u: { type: "B", x: 1 } });
  const { u } = peer(schema, "always").fromBuffer(bytes);
  t.notOk("type" in u, "avsc wraps instead");
  for (const u of [null, { type: "A", x: 3 }, { type: "B", x: 3 }])
    t.same(decode(schema, encode(schema, { u })), { u });
  t.equal(encode(schema, { u: { type: "B", x: 3 } })[0], 4);
  t.equal(encode(schema, { u: { x: 3 } })[0], 2, "the first that takes it, without a type");
  t.throws(() => encode(schema, { u: { type: "C", x: 3 } }), {
    name: "EncodeFailed",
    message: /^Cannot encode 'u'/,
  });
});

t.test("decode() keeps a record's shape when its union grows", async (t) => {
  const alone = record("R", { name: "u", type: ["null", A] });
  const grown = record("R", { name: "u", type: ["null", A, B] });
  t.same(decode(alone, Buffer.from([2, 2])), { u: { type: "A", x: 1 } });
  t.same(decodeAs(alone, grown, Buffer.from([2, 2])), { u: { type: "A", x: 1 } });
  t.same(decodeAs(record("R", { name: "u", type: A }), grown, Buffer.from([2])), { u: { type: "A", x: 1 } });
  t.same(decodeAs(grown, record("R", { name: "u", type: A }), Buffer.from([2, 2])), { u: { x: 1 } });
});

t.test(
  "decode() labels with full names where simple ones are shared, and never over a field named type",
  async (t) => {
    const other = record("mall.A", { name: "y", type: "int" });
    const own = record("shop.T", { name: "type", type: "string" });
    const schema = record("R", { name: "u", type: [A, other, own] });
    t.same(decode(schema, Buffer.from([0, 2])), { u: { type: "shop.A", x: 1 } });
    t.same(decode(schema, Buffer.from([2, 2])), { u: { type: "mall.A", y: 1 } });
    for (const u of [{ type: "mall.A", y: 2 }, { type: "free" }])
      t.same(decode(schema, encode(schema, { u })), { u });
  },
);

t.test("decode() labels recursive records and defaults", async (t) => {
  const tree = record("Tree", { name: "next", type: ["null", "Tree"] });
  const value = { next: { type: "Tree", next: { type: "Tree", next: null } } };
  t.same(decode(tree, encode(tree, value)), value);
  const reader = record("R", { name: "u", type: [A, "null"], default: { x: 9 } });
  t.same(decodeAs(record("R"), reader, Buffer.alloc(0)), { u: { type: "A", x: 9 } });
});
