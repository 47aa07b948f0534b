import fc from "fast-check";
import t from "tap";
import { encoder } from "../../../../workers/_runtime/avro/encode.ts";
import { parseSchema } from "../../../../workers/_runtime/avro/schema.ts";
import type { AvroSchema } from "../../../../workers/_runtime/event.ts";
import { decode, decodeAs, peer, record } from "./codec-of.ts";

// Names must be distinct within a schema; each use takes the next.
let names = 0;
const named = (schema: (name: string) => AvroSchema) => fc.constant(null).map(() => schema(`N${names++}`));

const { schema } = fc.letrec<{ schema: AvroSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("null", "boolean", "int", "long", "float", "double", "string", "bytes"),
    named((name) => ({ type: "enum", name, symbols: ["A", "B", "C"] })),
    fc.nat(9).chain((size) => named((name) => ({ type: "fixed", name, size }))),
    tie("schema").map((items) => ({ type: "array", items })),
    tie("schema").map((values) => ({ type: "map", values })),
    fc.subarray(["null", "boolean", "long", "string", "bytes"], { minLength: 1 }),
    fc.array(tie("schema"), { maxLength: 4 }).chain((types) =>
      named((name) => ({
        type: "record",
        name,
        fields: types.map((type, index) => ({ name: `f${index}`, type })),
      })),
    ),
  ),
}));

/** Without avsc's classes. */
function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value) || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

t.test("decode() and encode() agree with avsc on random schemas and values", async (t) => {
  fc.assert(
    fc.property(schema, (schema) => {
      const type = peer(schema);
      const payload = type.toBuffer(type.random());
      const value = decode(schema, payload);
      t.strictSame(value, plain(type.fromBuffer(payload)), JSON.stringify(schema));
      t.ok(encoder(parseSchema(schema))(value, 0).equals(payload), "encode");
    }),
    { numRuns: 400 },
  );
});

t.test("decode() steps over any field that the reader doesn't have", async (t) => {
  fc.assert(
    fc.property(schema, schema, (first, second) => {
      const after = { name: "after", type: "string" };
      const writer = record("Outer", { name: "a", type: first }, { name: "b", type: second }, after);
      const type = peer(writer);
      const payload = type.toBuffer({ ...type.random(), after: "still here" });
      t.same(decodeAs(writer, record("Outer", after), payload), { after: "still here" });
    }),
    { numRuns: 300 },
  );
});
