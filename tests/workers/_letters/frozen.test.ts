import fc from "fast-check";
import t from "tap";
import { countOf, freeze, fromChunks, lettersOf, toChunks } from "../../../workers/_letters/frozen.ts";

t.test("freeze() keeps every letter once, by DLQ, partition and offset, and chunks keep it", async (t) => {
  const letter = fc.record({
    dlq: fc.constantFrom("b.w.dlq", "a.w.dlq"),
    partition: fc.nat(2),
    offset: fc.nat(40),
  });
  fc.assert(
    fc.property(fc.array(letter, { maxLength: 80 }), (letters) => {
      const frozen = freeze(letters);
      const order = [...letters].sort(
        (a, b) =>
          (a.dlq < b.dlq ? -1 : a.dlq > b.dlq ? 1 : 0) || a.partition - b.partition || a.offset - b.offset,
      );
      const expected = [...new Set(order.map((one) => `${one.dlq}-${one.partition}-${one.offset}`))];
      t.same([...lettersOf(frozen)], expected);
      t.equal(countOf(frozen), expected.length);
      t.same(fromChunks(toChunks(frozen)), frozen);
    }),
  );
});

t.test("toChunks() stays below what one record can hold when nothing is a neighbour", async (t) => {
  const scattered = Array.from({ length: 150_000 }, (_, n) => ({
    dlq: "d",
    partition: n % 2,
    offset: n * 3,
  }));
  const frozen = freeze(scattered);
  const chunks = toChunks(frozen);
  t.ok(chunks.length > 1);
  t.ok(chunks.every((chunk) => chunk.length <= 500_000));
  t.same(fromChunks(chunks), frozen);
});
