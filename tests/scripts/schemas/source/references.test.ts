import t from "tap";
import { referencesOf, schemaNames } from "../../../../scripts/schemas/source/references.ts";

const seat = JSON.stringify({
  type: "record",
  name: "Seat",
  namespace: "hall",
  fields: [{ name: "row", type: "Row" }],
});
const row = JSON.stringify({ type: "enum", name: "hall.Row", symbols: ["A"] });
const booking = JSON.stringify({
  type: "record",
  name: "box.Booking",
  fields: [
    { name: "seats", type: { type: "array", items: ["null", "hall.Seat"] } },
    { name: "more", type: { type: "map", values: "hall.Seat" } },
    { name: "self", type: ["null", "Booking"] },
    { name: "note", type: { type: "string", logicalType: "uuid" } },
  ],
});

t.test("schemaNames() tells a schema's own name and the names it wants from others", async (t) => {
  t.same(schemaNames(booking), { name: "box.Booking", wanted: ["hall.Seat"] });
  t.same(schemaNames(seat), { name: "hall.Seat", wanted: ["hall.Row"] });
  t.same(schemaNames(row), { name: "hall.Row", wanted: [] });
  t.same(schemaNames('"string"'), { name: undefined, wanted: [] });
  t.throws(() => schemaNames("{"), SyntaxError);
});

t.test(
  "referencesOf() gives the innermost first, each once, and leaves out what nobody defines",
  async (t) => {
    const texts: Readonly<Record<string, string>> = { "hall.Seat": seat, "hall.Row": row };
    t.same(
      referencesOf(booking, (name) => texts[name]),
      [row, seat],
    );
    t.same(
      referencesOf(booking, (name) => (name === "hall.Seat" ? seat : undefined)),
      [seat],
    );
  },
);

t.test("referencesOf() ends on schemas that want each other", async (t) => {
  const a = JSON.stringify({ type: "record", name: "A", fields: [{ name: "b", type: "B" }] });
  const b = JSON.stringify({ type: "record", name: "B", fields: [{ name: "a", type: "A" }] });
  t.same(
    referencesOf(a, (name) => ({ A: a, B: b })[name]),
    [b],
  );
});
