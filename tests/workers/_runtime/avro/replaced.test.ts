import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import t from "tap";
import { isReplaced } from "../../../../workers/_runtime/avro/replaced.ts";

t.test("isReplaced() says of any bytes what the engine's own check says", async (t) => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    // What a replacement character is made of, and what it may be confused with.
    fc.constantFrom(
      [0xef, 0xbf, 0xbd],
      [0xef, 0xbf],
      [0xef],
      [0xbf, 0xbd],
      [0xf0, 0x90, 0x80],
      [0xc3, 0xa9],
      [0x61],
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.nat(3), (parts, margin) => {
      const around = Buffer.alloc(margin, 0xef);
      const inside = Buffer.concat(parts.map((each) => Buffer.from(each)));
      const bytes = Buffer.concat([around, inside, Buffer.from([0xbf, 0xbd])]);
      const text = inside.toString("utf8");
      t.equal(
        isReplaced(text, bytes, margin, margin + inside.length),
        !isUtf8(inside),
        inside.toString("hex"),
      );
    }),
    { numRuns: 3_000 },
  );
});
