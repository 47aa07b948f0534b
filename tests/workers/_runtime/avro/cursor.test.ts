import fc from "fast-check";
import t from "tap";
import { CorruptPayload } from "../../../../workers/_runtime/avro/failures.ts";
import { decode, decodeAs, peer, record, varint } from "./codec-of.ts";

const corrupt = (what: RegExp) => ({ name: "CorruptPayload", message: what });
const bytes = (...values: readonly number[]) => Buffer.from(values);

t.test("decode() reads every long that a number holds exactly", async (t) => {
  const edges = [0n, -1n, 63n, 64n, -64n, -65n, 2n ** 27n, 2n ** 28n, 2n ** 31n, 2n ** 52n, 2n ** 53n - 1n];
  for (const edge of edges) {
    for (const value of [edge, -edge, edge - 1n, -edge - 1n]) {
      if (!Number.isSafeInteger(Number(value)) || BigInt(Number(value)) !== value) continue;
      t.equal(decode("long", varint(value)), value === 0n ? 0 : Number(value), String(value));
    }
  }
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) =>
      t.equal(decode("long", varint(BigInt(value))), value === 0 ? 0 : value),
    ),
  );
});

t.test("decode() keeps negative longs below -2^52, which avsc corrupts", async (t) => {
  const value = -4503599627370497;
  t.equal(peer("long").fromBuffer(varint(BigInt(value))), -value - 1);
  t.equal(decode("long", varint(BigInt(value))), value);
});

t.test("decode() refuses longs beyond 2^53 instead of rounding", async (t) => {
  for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    t.throws(() => decode("long", varint(value)), corrupt(/a long is beyond 2\^53/), String(value));
  }
  t.throws(() => decode("long", bytes(...Array(9).fill(0xff), 0x02)), corrupt(/beyond 64 bits/));
  t.throws(() => decode("long", bytes(...Array(11).fill(0x80), 0)), corrupt(/beyond 64 bits/));
});

t.test(
  "decode() reads any 64 bits as a bigint, and rounds them once where the reader has a double",
  async (t) => {
    const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
    const near = fc
      .tuple(fc.integer({ min: 0, max: 63 }), fc.bigInt(-3n, 3n))
      .map(([bits, off]) => BigInt.asIntN(64, (1n << BigInt(bits)) + off));
    fc.assert(
      fc.property(fc.oneof(int64, near), (value) => {
        t.equal(decode({ type: "long", tsType: "bigint" }, varint(value)), value);
        t.equal(decodeAs("long", "double", varint(value)), Number(value));
      }),
      { numRuns: 500 },
    );
  },
);

t.test("decode() reads small longs written longer than need be", async (t) => {
  t.equal(decode("long", bytes(0x82, 0x80, 0x00)), 1);
  t.equal(decode("long", bytes(0x83, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)), -2);
});

t.test("decode() range-checks ints, which avsc doesn't", async (t) => {
  t.equal(decode("int", varint(2n ** 31n - 1n)), 2 ** 31 - 1);
  t.equal(decode("int", varint(-(2n ** 31n))), -(2 ** 31));
  t.equal(peer("int").fromBuffer(varint(2n ** 31n)), 2 ** 31);
  t.throws(() => decode("int", varint(2n ** 31n)), corrupt(/an int is beyond 32 bits/));
});

t.test("decode() takes only 0 and 1 for a boolean, where avsc takes 7", async (t) => {
  t.equal(decode("boolean", bytes(0)), false);
  t.equal(decode("boolean", bytes(1)), true);
  t.equal(peer("boolean").fromBuffer(bytes(7)), true);
  t.throws(() => decode("boolean", bytes(7)), corrupt(/a boolean is 0 or 1, not 7/));
});

t.test("decode() refuses invalid UTF-8, which avsc replaces", async (t) => {
  // The last two have a replacement character of their own, and one that hides in three bytes of an unfinished other.
  const invalid = [
    ...[bytes(2, 0xff), bytes(4, 0xc0, 0x80), bytes(6, 0xed, 0xa0, 0x80), bytes(2, 0xe2)],
    bytes(8, 0xef, 0xbf, 0xbd, 0xff),
    bytes(12, 0xef, 0xbf, 0xbd, 0xf0, 0x90, 0x80),
  ];
  const long = Buffer.concat([bytes(80), Buffer.alloc(39, "a"), bytes(0xff)]);
  for (const payload of [...invalid, long]) {
    t.match(peer("string").fromBuffer(payload), "\ufffd");
    t.throws(() => decode("string", payload), corrupt(/a string is not UTF-8/));
  }
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      t.equal(decode("string", peer("string").toBuffer(text)), text);
    }),
  );
  t.equal(decode("string", peer("string").toBuffer("sent as \ufffd")), "sent as \ufffd");
});

t.test("decode() gives strings read as bytes, and bytes read as strings checked", async (t) => {
  t.same(decodeAs("string", "bytes", bytes(2, 0xff)), bytes(0xff));
  t.equal(decodeAs("bytes", "string", bytes(2, 0x61)), "a");
  const text = peer("string");
  t.match(text.fromBuffer(bytes(2, 0xff), text.createResolver(peer("bytes"))), "\ufffd");
  t.throws(() => decodeAs("bytes", "string", bytes(2, 0xff)), corrupt(/not UTF-8/));
});

t.test("decode() copies bytes out of the record", async (t) => {
  const payload = bytes(4, 1, 2);
  const value = decode("bytes", payload);
  if (!Buffer.isBuffer(value)) throw new Error("not bytes");
  value[0] = 9;
  t.same(payload, bytes(4, 1, 2));
});

t.test(
  "decode() refuses block counts that the bytes left can't hold, before building anything",
  async (t) => {
    const list = { type: "array", items: "int" };
    for (const count of [5n, 20_000_000n, 2n ** 31n, 2n ** 52n, -20_000_000n]) {
      const payload = Buffer.concat([varint(count), varint(1n), bytes(0)]);
      t.throws(
        () => decode(list, payload),
        corrupt(/a block of \d+ elements can't be in the \d+ bytes left/),
        String(count),
      );
      t.throws(() => decode({ type: "map", values: "int" }, payload), corrupt(/a block of/), `map ${count}`);
      const skipped = record("R", { name: "a", type: list });
      if (count > 0n)
        t.throws(() => decodeAs(skipped, record("R"), payload), corrupt(/a block of/), `skipped ${count}`);
    }
    const rows = {
      type: "array",
      items: record("Row", { name: "a", type: "double" }, { name: "b", type: "long" }),
    };
    t.throws(
      () => decode(rows, Buffer.concat([varint(3n), Buffer.alloc(26)])),
      corrupt(/a block of 3 elements/),
    );
  },
);

t.test("decode() caps elements that take no bytes, which avsc builds", async (t) => {
  const nothing = { type: "array", items: "null" };
  const most = Buffer.concat([varint(65_536n), bytes(0)]);
  t.equal((decode(nothing, most) as unknown[]).length, 65_536);
  const more = Buffer.concat([varint(65_537n), bytes(0)]);
  t.equal(peer(nothing).fromBuffer(more).length, 65_537);
  t.throws(() => decode(nothing, more), corrupt(/more than 65536 elements of no bytes/));
  // The cap is the payload's: many small lists count together.
  const lists = { type: "array", items: nothing };
  const many = Buffer.concat([
    varint(3n),
    ...Array(3).fill(Buffer.concat([varint(30_000n), bytes(0)])),
    bytes(0),
  ]);
  t.throws(() => decode(lists, many), corrupt(/elements of no bytes/));
  t.throws(
    () => decode({ type: "array", items: { type: "fixed", name: "F", size: 0 } }, more),
    corrupt(/no bytes/),
  );
});

t.test("decode() reads blocks with and without sizes, several of them", async (t) => {
  const list = { type: "array", items: "int" };
  const sized = Buffer.concat([varint(-2n), varint(2n), bytes(2, 4), varint(1n), bytes(6), bytes(0)]);
  t.same(decode(list, sized), [1, 2, 3]);
  const reader = record("R", { name: "b", type: "int" });
  const writer = record("R", { name: "a", type: list }, { name: "b", type: "int" });
  t.same(decodeAs(writer, reader, Buffer.concat([sized, bytes(8)])), { b: 4 });
  const wrong = Buffer.concat([varint(-2n), varint(99n), bytes(2, 4, 0, 8)]);
  t.throws(() => decodeAs(writer, reader, wrong), corrupt(/a value of 99 bytes can't be in/));
});

t.test("decode() stops at 512 levels, where avsc overflows the stack", async (t) => {
  const tree = record("Node", { name: "next", type: ["null", "Node"] });
  const nested = (levels: number) => Buffer.concat([Buffer.alloc(levels, 2), bytes(0)]);
  t.ok(decode(tree, nested(500)));
  t.throws(() => peer(tree).fromBuffer(nested(200_000)), RangeError);
  for (const levels of [512, 20_000, 200_000]) {
    t.throws(() => decode(tree, nested(levels)), corrupt(/nested deeper than 512 levels/), String(levels));
  }
  const writer = record("R", { name: "tree", type: tree }, { name: "b", type: "int" });
  const skipping = () => decodeAs(writer, record("R", { name: "b", type: "int" }), nested(200_000));
  t.throws(skipping, corrupt(/nested deeper/));
  const ends = record("Node", { name: "next", type: "Node" });
  t.throws(() => decode(ends, bytes()), corrupt(/nested deeper/), "a record that can't end");
  t.ok(decode(tree, nested(500)), "the count starts again with each payload");
});

t.test("decode() keeps the map key '__proto__', which avsc drops", async (t) => {
  const map = { type: "map", values: record("V", { name: "a", type: "int" }) };
  const payload = Buffer.concat([bytes(2, 18), Buffer.from("__proto__"), bytes(14, 0)]);
  t.same(Object.keys(peer(map).fromBuffer(payload)), []);
  const value = decode(map, payload);
  t.same(Object.entries(Object(value)), [["__proto__", { a: 7 }]]);
  t.equal(Object.getPrototypeOf(value), Object.prototype);
});

t.test("decode() refuses truncated and trailing bytes of every kind", async (t) => {
  const all = record(
    "R",
    { name: "a", type: "long" },
    { name: "b", type: "string" },
    { name: "c", type: "double" },
    { name: "d", type: { type: "fixed", name: "F", size: 3 } },
    { name: "e", type: { type: "enum", name: "E", symbols: ["X", "Y"] } },
    { name: "f", type: ["null", "float"] },
    { name: "g", type: { type: "array", items: "bytes" } },
    { name: "h", type: { type: "map", values: "boolean" } },
  );
  const value = {
    a: 300,
    b: "text beyond eight",
    c: 1.5,
    d: bytes(1, 2, 3),
    e: "Y",
    f: 0.5,
    g: [bytes(9)],
    h: { k: true },
  };
  const payload = peer(all).toBuffer(value);
  t.same(decode(all, payload), value);
  for (let length = 0; length < payload.length; length++) {
    t.throws(() => decode(all, payload.subarray(0, length)), CorruptPayload, `${length} bytes`);
    t.throws(
      () => decodeAs(all, record("R"), payload.subarray(0, length)),
      CorruptPayload,
      `${length} bytes skipped`,
    );
  }
  t.throws(() => decode(all, Buffer.concat([payload, bytes(0)])), corrupt(/1 bytes are left over/));
});

t.test("decode() refuses indexes that the writer doesn't have", async (t) => {
  const suit = { type: "enum", name: "E", symbols: ["X"] };
  for (const payload of [bytes(2), bytes(1), varint(2n ** 40n)]) {
    t.throws(() => decode(suit, payload), corrupt(/an index is -?\d+ of 1/));
    t.throws(() => decode(["null"], payload), corrupt(/an index is/));
  }
});

t.test("decode() of any bytes throws nothing but CorruptPayload, and ends", async (t) => {
  const schema = record(
    "R",
    { name: "a", type: ["null", "R", { type: "map", values: "R" }] },
    { name: "b", type: { type: "array", items: ["string", "long", "bytes"] } },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
      try {
        decode(schema, Buffer.from(raw));
      } catch (error) {
        t.ok(error instanceof CorruptPayload);
      }
    }),
    { numRuns: 500 },
  );
});

t.test("decode() puts no text of the payload into its messages", async (t) => {
  const payload = Buffer.concat([bytes(60), Buffer.from("jane.doe@example.org")]);
  t.throws(() => decode("string", payload), {
    message: "Cannot decode payload as a value of 30 bytes can't be in the 20 bytes left: at byte 1 of 21",
  });
});
