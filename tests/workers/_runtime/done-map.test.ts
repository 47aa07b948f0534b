import fc from "fast-check";
import t from "tap";
import { decodeDoneMap, encodeDoneMap } from "../../../workers/_runtime/done-map.ts";

t.test("encodeDoneMap() is empty when nothing above is done", async (t) => {
  t.equal(encodeDoneMap(100, []), "");
  t.same(decodeDoneMap(100, ""), []);
});

t.test("decodeDoneMap() gives back any runs, beyond 2^32 too", async () => {
  const gaps = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 2 ** 34 }), fc.integer({ min: 1, max: 2 ** 34 })),
    { maxLength: 50 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), gaps, (base, lengths) => {
      let at = base;
      const runs = lengths.map(([undone, done]) => {
        const from = at + undone;
        at = from + done;
        return { from, to: at };
      });
      t.same(decodeDoneMap(base, encodeDoneMap(base, runs)), runs);
    }),
  );
});

t.test(
  "decodeDoneMap() takes another tool's metadata for no map, and a cut one for what is whole",
  async (t) => {
    t.same(decodeDoneMap(5, "committed by kafka-consumer-groups"), []);
    const text = encodeDoneMap(0, [
      { from: 1, to: 2 },
      { from: 300, to: 9000 },
    ]);
    t.same(decodeDoneMap(0, text.slice(0, 6)), [{ from: 1, to: 2 }]);
  },
);
