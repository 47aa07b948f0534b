import t from "tap";
import { selfContained } from "../../../scripts/schemas/self-contained.ts";
import { parseSchema } from "../../../workers/_runtime/avro/schema.ts";
import { record } from "../../workers/_runtime/avro/codec-of.ts";

const kind = { type: "enum", name: "Kind", symbols: ["A"] };
const inner = { type: "record", name: "Inner", namespace: "shop", fields: [{ name: "kind", type: kind }] };

t.test("selfContained() writes each referenced type out once, where it is first used", async (t) => {
  const schema = record(
    "mall.Outer",
    { name: "a", type: ["null", "shop.Inner"] },
    { name: "b", type: { type: "array", items: "shop.Kind" } },
    { name: "c", type: "shop.Inner" },
  );
  const whole = selfContained(schema, [inner]);
  t.same(
    whole,
    record(
      "mall.Outer",
      { name: "a", type: ["null", inner] },
      { name: "b", type: { type: "array", items: "shop.Kind" } },
      { name: "c", type: "shop.Inner" },
    ),
  );
  t.same(parseSchema(whole), parseSchema(schema, [inner]), "it means the same");
});

t.test("selfContained() keeps names of other namespaces what they are", async (t) => {
  const schema = record("mall.Outer", { name: "k", type: "shop.Kind" }, { name: "i", type: "shop.Inner" });
  const whole = selfContained(schema, [inner]);
  t.match(whole, {
    fields: [{ type: { name: "Kind", namespace: "shop" } }, { type: { fields: [{ type: "shop.Kind" }] } }],
  });
  t.same(parseSchema(whole), parseSchema(schema, [inner]));
});

t.test("selfContained() leaves alone what defines its own types", async (t) => {
  const own = record("shop.Other", { name: "kind", type: kind }, { name: "again", type: "Kind" });
  t.same(selfContained(own, [inner]), own);
  t.equal(selfContained(own, []), own);
});
