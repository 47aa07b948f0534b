import t from "tap";
import type { Step } from "../../../workers/payment/decide.ts";
import { standingOf } from "../../../workers/payment/gateway-answer.ts";

const CHARGE: Step = {
  ...{ call: "charge", key: "r-1:charge", amount: 1, currency: "EUR" },
  ...{ card: "tok_secret", reference: "r-1" },
};
const CLOSE: Step = { call: "close", key: "r-1:charge" };
const REFUND: Step = { call: "refund", key: "r-1:refund", charge: "ch_1", amount: 1 };

const charge = { id: "ch_1", key: "r-1:charge", amount: 1, currency: "EUR", reference: "r-1", at: 5 };
const charged = { is: "charged", chargeId: "ch_1", amount: 1, currency: "EUR" };

t.test("standingOf() reads every answer of the API", async (t) => {
  const cases = [
    { step: CHARGE, status: 201, body: charge, standing: charged },
    { step: CHARGE, status: 402, body: { code: "insufficient_funds" }, standing: { is: "declined" } },
    { step: CHARGE, status: 402, body: undefined, standing: { is: "declined" } },
    { step: CHARGE, status: 410, body: { code: "key_closed" }, standing: { is: "barred" } },
    { step: CLOSE, status: 200, body: { state: "charged", charge }, standing: charged },
    { step: CLOSE, status: 200, body: { state: "declined", code: "x" }, standing: { is: "declined" } },
    { step: CLOSE, status: 200, body: { state: "closed", at: 5 }, standing: { is: "barred" } },
    {
      step: REFUND,
      status: 201,
      body: { id: "re_1", charge: "ch_1", amount: 1, currency: "EUR" },
      standing: { is: "refunded", refundId: "re_1", chargeId: "ch_1", amount: 1, currency: "EUR" },
    },
  ];
  for (const { step, status, body, standing } of cases) {
    t.same(standingOf(step, status, body), standing, `${step.call} ${status}`);
  }
});

t.test("standingOf() classifies every failure", async (t) => {
  const cases: [Step, number, unknown, string][] = [
    [CHARGE, 409, { code: "key_in_progress" }, "Error"],
    [CLOSE, 409, { code: "key_in_progress" }, "Error"],
    [REFUND, 409, { code: "key_in_progress" }, "Error"],
    [CHARGE, 408, undefined, "Error"],
    [CHARGE, 500, { code: "internal" }, "Error"],
    [CLOSE, 500, undefined, "Error"],
    [CHARGE, 504, undefined, "Error"],
    [CHARGE, 422, { code: "card_invalid" }, "Permanent"],
    [CHARGE, 422, { code: "key_reused" }, "Permanent"],
    [CHARGE, 400, { code: "key_missing" }, "Permanent"],
    [CHARGE, 413, { code: "body_too_large" }, "Permanent"],
    [CLOSE, 422, { code: "key_not_charge" }, "Permanent"],
    [REFUND, 422, { code: "charge_already_refunded" }, "Permanent"],
    [REFUND, 404, { code: "charge_unknown" }, "Permanent"],
    [CHARGE, 429, { code: "rate_limited" }, "Unavailable"],
    [CHARGE, 502, undefined, "Unavailable"],
    [CLOSE, 503, { code: "unavailable" }, "Unavailable"],
    [CHARGE, 400, undefined, "Unavailable"],
    [CHARGE, 401, { code: "who" }, "Unavailable"],
    [CHARGE, 404, { code: "charge_unknown" }, "Unavailable"],
    [REFUND, 404, undefined, "Unavailable"],
    [CHARGE, 410, undefined, "Unavailable"],
    [REFUND, 402, { code: "empty" }, "Unavailable"],
    [CHARGE, 302, undefined, "Unavailable"],
    [CHARGE, 200, charge, "Unavailable"],
    [CHARGE, 201, undefined, "Unheard"],
    [CHARGE, 201, { ...charge, id: "" }, "Unheard"],
    [CHARGE, 201, { ...charge, amount: "1" }, "Unheard"],
    [CLOSE, 200, { state: "other" }, "Unheard"],
    [CLOSE, 200, { state: "charged" }, "Unheard"],
    [REFUND, 201, charge, "Unheard"],
  ];
  for (const [step, status, body, name] of cases) {
    const title = `${step.call} ${status} ${JSON.stringify(body)}`;
    try {
      standingOf(step, status, body);
      t.fail(`${title} must throw`);
    } catch (error) {
      t.match(error, { name }, title);
      if (name === "Unavailable") t.match(error, { dependency: "gateway" });
      t.notMatch(String(error), /tok_secret/, "no card's token in a reason");
    }
  }
});
