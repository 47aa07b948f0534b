import v8 from "node:v8";
import t from "tap";
import type { AvroSchema } from "../../../../workers/_runtime/event.ts";
import { decode, decodeAs, peer, record, varint } from "./codec-of.ts";

const corrupt = (what: RegExp) => ({ name: "CorruptPayload", message: what });
const MB = 1024 * 1024;
const list = (items: AvroSchema) => ({ type: "array", items });

/** A list of `count` elements of the same bytes. */
function repeated(count: number, ...element: readonly number[]): Buffer {
  return Buffer.concat([
    varint(BigInt(count)),
    Buffer.alloc(count * element.length, Buffer.from(element)),
    Buffer.from([0]),
  ]);
}

/** What V8 allocated meanwhile, garbage included. */
function allocatedBy(work: () => unknown): number {
  const bytes = () => Number(Object(v8.getHeapStatistics()).total_allocated_bytes);
  const before = bytes();
  work();
  return bytes() - before;
}

t.test("decode() of a million bytes takes at most 64 MB, whatever they claim to be", async (t) => {
  const many = Array.from({ length: 50 }, (_, index) => ({ name: `f${index}`, type: "int", default: 0 }));
  const one = record("R", { name: "f0", type: "int" });
  const big = Array.from({ length: 100 }, (_, index) => index);
  const filled = { name: "d", type: list("int"), default: big };
  const cases: readonly (readonly [string, AvroSchema, AvroSchema, readonly number[]])[] = [
    ["empty bytes", list("bytes"), list("bytes"), [0]],
    ["fixed", list({ type: "fixed", name: "F", size: 1 }), list({ type: "fixed", name: "F", size: 1 }), [1]],
    ["empty maps", list({ type: "map", values: "int" }), list({ type: "map", values: "int" }), [0]],
    ["records of defaults", list(one), list(record("R", ...many)), [2]],
    ["a list as default", list(one), list(record("R", { name: "f0", type: "int" }, filled)), [2]],
  ];
  for (const [what, writer, reader, element] of cases) {
    const payload = repeated(1_000_000, ...element);
    const allocated = allocatedBy(() =>
      t.throws(
        () => decodeAs(writer, reader, payload),
        corrupt(/it would take more than 64 MB of memory/),
        what,
      ),
    );
    t.ok(allocated < 64 * MB, `${what}: ${Math.round(allocated / MB)} MB`);
    t.ok(decodeAs(writer, reader, repeated(1_000, ...element)), `${what}, a thousand`);
  }
  const bytes = repeated(1_000_000, 0);
  t.ok(allocatedBy(() => peer(list("bytes")).fromBuffer(bytes)) > 64 * MB, "avsc takes what it takes");
});

t.test("decode() of lists takes little more than their elements", async (t) => {
  for (const items of ["int", "string", ["null", "int"]] as AvroSchema[]) {
    const payload = repeated(1_000_000, 0);
    const allocated = allocatedBy(() => decode(list(items), payload));
    t.ok(allocated < 20 * MB, `${JSON.stringify(items)}: ${Math.round(allocated / MB)} MB`);
  }
});

t.test("decode() of the longest longs there are leaves no garbage behind for each byte", async (t) => {
  const least = varint(-(2n ** 63n));
  const padded = [...Array(9).fill(0x80), 0];
  const bigints = list({ type: "long", tsType: "bigint" });
  const cases: readonly (readonly [string, AvroSchema, AvroSchema, readonly number[]])[] = [
    ["bigints", bigints, bigints, [...least]],
    ["longs read as doubles", list("long"), list("double"), [...least]],
    ["small longs in ten bytes", list("long"), list("long"), padded],
  ];
  for (const [what, writer, reader, element] of cases) {
    const payload = repeated(100_000, ...element);
    const allocated = allocatedBy(() => decodeAs(writer, reader, payload));
    t.ok(allocated < 32 * MB, `${what}: ${Math.round(allocated / MB)} MB`);
  }
});

t.test("decode() counts map entries, the keys of which cost more than their bytes", async (t) => {
  const map = { type: "map", values: "null" };
  const keys = (count: number) =>
    Buffer.concat([
      varint(BigInt(count)),
      ...Array.from({ length: count }, (_, index) => Buffer.from(`\x0a${String(index).padStart(5, "k")}`)),
      Buffer.from([0]),
    ]);
  t.equal(Object.keys(Object(decode(map, keys(60_000)))).length, 60_000);
  t.throws(() => decode(map, keys(70_000)), corrupt(/more than 64 MB/), "one costs 300 ns to look up");
  const many = Buffer.concat([varint(200_000n), Buffer.alloc(1_200_000, 10), Buffer.from([0])]);
  t.throws(() => decode(map, many), corrupt(/more than 64 MB/));
});

t.test("decode() counts buffers, lists and records, which cost time to make and to clear away", async (t) => {
  const cases: readonly (readonly [AvroSchema, number, readonly number[]])[] = [
    [list("bytes"), 200_000, [2, 1]],
    [list(record("R", { name: "b", type: "bytes" })), 180_000, [2, 1]],
    [list(list("int")), 750_000, [0]],
    [list(record("R", { name: "l", type: list("int") })), 500_000, [0]],
  ];
  for (const [schema, most, element] of cases) {
    t.ok(decode(schema, repeated(Math.round(most * 0.8), ...element)), JSON.stringify(schema));
    t.throws(() => decode(schema, repeated(Math.round(most * 1.1), ...element)), corrupt(/more than 64 MB/));
  }
});

t.test("decode() reads no more levels than the stack holds, however wide they are", async (t) => {
  const wide = Array.from({ length: 1_000 }, (_, index) => ({ name: `n${index}`, type: "null" }));
  const tree = record("Node", ...wide, { name: "next", type: ["null", "Node"] });
  const nested = (levels: number) => Buffer.concat([Buffer.alloc(levels, 2), Buffer.from([0])]);
  t.ok(decode(tree, nested(10)));
  t.throws(() => decode(tree, nested(20_000)), corrupt(/nested deeper than \d+ levels/));

  // One level of it is a hundred records.
  const chain = Array.from({ length: 100 }, (_, index) =>
    record(`C${index}`, { name: "next", type: index === 99 ? ["null", "C0"] : `C${index + 1}` }),
  );
  t.ok(decode(chain, Buffer.from([0, 2, 0])));
  t.throws(
    () => decode(chain, Buffer.concat([Buffer.from([0]), nested(20_000)])),
    corrupt(/nested deeper than \d+ levels/),
  );
});

t.test("compile() refuses a schema that is deeper than the stack", async (t) => {
  const chain = Array.from({ length: 4_000 }, (_, index) =>
    record(`C${index}`, { name: "next", type: index === 0 ? "int" : `C${index - 1}` }),
  );
  t.throws(() => decode(chain, Buffer.from([0])));
  t.throws(() => decode(chain.slice(0, 3_000), Buffer.from([0])));
});
