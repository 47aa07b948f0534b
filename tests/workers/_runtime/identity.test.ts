import fc from "fast-check";
import t from "tap";
import { identity, parseIdentity } from "../../../workers/_runtime/identity.ts";

t.test("parseIdentity() reads back every identity()", async (t) => {
  const topic = fc.stringMatching(/^[a-zA-Z0-9._-]{1,60}$/);
  fc.assert(
    fc.property(topic, fc.nat(0x7fffffff), fc.maxSafeNat(), (topic, partition, offset) => {
      t.same(parseIdentity(identity(topic, partition, offset)), { topic, partition, offset });
    }),
  );
});

t.test("parseIdentity() reads topics with dashes, dots and numbers", async (t) => {
  for (const topic of ["payments", "a-1-2", "reservations.payment.retry.10s", "-", "x.-3"]) {
    t.same(parseIdentity(`${topic}-0-12`), { topic, partition: 0, offset: 12 }, topic);
  }
});

t.test("parseIdentity() is undefined for what identity() can't write", async (t) => {
  for (const text of [
    "",
    "payments",
    "payments-1",
    "-1-2",
    "payments-01-2",
    "payments-1--2",
    "payments-1-2 ",
    "pay ments-1-2",
    "payments-2147483648-0",
    "payments-0-9007199254740993",
  ]) {
    t.equal(parseIdentity(text), undefined, text);
  }
});
