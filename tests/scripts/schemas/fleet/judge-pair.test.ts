import t from "tap";
import { paid, shop, verdict } from "./shop.ts";

const id = { name: "id", type: "string" };

t.test("judgePair() doesn't take for fine what is in a schema too large to be tried", async (t) => {
  const levels = (leaf: object) =>
    Array.from({ length: 41 }, (_, n) => ({
      ...{ type: "record", name: `L${n}` },
      fields:
        n === 40
          ? [{ name: "x", ...leaf }]
          : [
              { name: "a", type: `L${n + 1}` },
              { name: "b", type: `L${n + 1}` },
            ],
    }));
  const of = (leaf: object) => paid([id, { name: "o", type: ["null", ...levels(leaf)] }]);
  const [before, now] = [of({ type: "long" }), of({ type: "int" })];
  const { findings } = await verdict(shop([{ text: before, lying: { orders: 2 } }]), now);
  t.match(
    findings.filter(({ rule }) => rule === "unreadable-record"),
    [
      {
        severity: "error",
        what: /some records .*'L40\.x' was written as long, the reader has int, e\.g\. a value that was not tried/,
      },
    ],
  );
  t.same((await verdict(shop([{ text: before, lying: { orders: 2 } }]), before)).findings, []);
});
