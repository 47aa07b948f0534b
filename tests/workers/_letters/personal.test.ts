import t from "tap";
import * as records from "../../../schemas/types.ts";
import { masked, personalFields, withoutPersonal } from "../../../workers/_letters/personal.ts";
import { parseSchema } from "../../../workers/_runtime/avro/schema.ts";

const schema = {
  type: "record",
  name: "Party",
  namespace: "test",
  fields: [
    { name: "host", type: "string", doc: "Personal: who gives it." },
    { name: "place", type: "string", doc: "Not Personal: a hall." },
    {
      name: "guests",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Guest",
          fields: [
            { name: "name", type: ["null", "string"], doc: "Personal: called so." },
            { name: "friends", type: { type: "map", values: "Guest" } },
            { name: "seat", type: "int" },
          ],
        },
      },
    },
    { name: "extra", type: ["null", "Guest"] },
  ],
} as const;

t.test("masked() masks marked fields wherever their record stands, and nothing else", async (t) => {
  const guest = (name: string | null, friends = {}) => ({ name, friends, seat: 1 });
  const party = {
    type: "Party",
    host: "Ann",
    place: "Hall",
    guests: [guest("Bob", { c: guest("Cid") }), guest(null)],
    extra: guest("Dan"),
  };
  const before = structuredClone(party);
  const { value, paths } = masked(party, parseSchema(schema), personalFields([schema]));
  t.same(paths, ["host", "guests[0].name", "guests[0].friends.c.name", "extra.name"]);
  t.same(value, {
    type: "Party",
    host: "***",
    place: "Hall",
    guests: [{ ...guest("***", { c: guest("***") }) }, guest(null)],
    extra: guest("***"),
  });
  const bare = withoutPersonal(party, parseSchema(schema), personalFields([schema]));
  t.same(bare.paths, paths);
  const nobody = (friends = {}) => ({ friends, seat: 1 });
  t.same(bare.value, {
    ...{ type: "Party", place: "Hall", extra: nobody() },
    guests: [nobody({ c: nobody() }), guest(null)],
  });
  t.same(party, before, "a copy");
});

t.test("schemas mark every field that names a customer or what they pay with", async (t) => {
  for (const each of Object.values(records)) {
    const personal = personalFields([each.schema]);
    const { fields } = Object(each.schema);
    for (const { name } of fields)
      if (name === "customerId" || name === "card") t.ok(personal.has(`${each.fullName}.${name}`), each.name);
  }
});
