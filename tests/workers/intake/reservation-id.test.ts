import fc from "fast-check";
import t from "tap";
import { reservationIdOf } from "../../../workers/intake/reservation-id.ts";

t.test("reservationIdOf() is stable from version to version", async (t) => {
  t.equal(reservationIdOf("ada", "k1"), "reb70873fac1c23cf0e74af27e4d77b38");
});

t.test(
  "reservationIdOf() is the same for the same pair, another for any other, safe everywhere",
  async (t) => {
    const text = fc.string({ unit: "grapheme", maxLength: 20 });
    fc.assert(
      fc.property(text, text, text, text, (client, key, client2, key2) => {
        const id = reservationIdOf(client, key);
        const same = client === client2 && key === key2;
        return (
          /^r[0-9a-f]{32}$/.test(id) &&
          id === reservationIdOf(client, key) &&
          (id === reservationIdOf(client2, key2)) === same &&
          (client === key || id !== reservationIdOf(key, client))
        );
      }),
    );
    t.not(reservationIdOf("a", "b,c"), reservationIdOf("a,b", "c"));
    t.not(reservationIdOf("", "ab"), reservationIdOf("ab", ""));
  },
);
