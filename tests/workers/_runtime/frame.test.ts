import t from "tap";
import { readFrame, schemaIdOf, writeFrame } from "../../../workers/_runtime/frame.ts";

t.test("readFrame() takes apart what writeFrame() put together", async (t) => {
  for (const [id, payload] of [
    [1, Buffer.from([7, 8])],
    [0x7fffffff, Buffer.alloc(0)],
    [0, Buffer.alloc(3)],
  ] as const) {
    const value = writeFrame(id, payload);
    t.equal(value.length, 5 + payload.length);
    t.same(readFrame(value), { kind: "event", schemaId: id, payload });
    t.equal(schemaIdOf(value), id);
  }
});

t.test("writeFrame() writes Confluent's bytes", async (t) => {
  t.equal(writeFrame(258, Buffer.from("x")).toString("hex"), "000000010278");
});

t.test("readFrame() tells what can't be an event", async (t) => {
  t.same(readFrame(null), { kind: "tombstone" });
  t.equal(schemaIdOf(null), undefined);
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ["an empty value", Buffer.alloc(0), "value is too short for a schema id: 0 of 5 bytes"],
    ["four bytes", Buffer.from([0, 0, 0, 0]), "value is too short for a schema id: 4 of 5 bytes"],
    [
      "another magic byte",
      Buffer.from([1, 0, 0, 0, 1, 2]),
      "value does not start with the magic byte 0: first byte is 1",
    ],
    ["JSON", Buffer.from('{"a":1}'), "value does not start with the magic byte 0: first byte is 123"],
  ];
  for (const [what, value, reason] of cases) t.same(readFrame(value), { kind: "poison", reason }, what);
});

t.test("writeFrame() refuses an id that is not 32 bits", async (t) => {
  t.throws(() => writeFrame(2 ** 31, Buffer.alloc(0)), RangeError);
});
