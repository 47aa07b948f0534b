import t from "tap";
import { outcomeOf, type Standing, stepFor } from "../../../workers/payment/decide.ts";
import { cancellation, HOLD_UNTIL, refundRequest, requested } from "./events.ts";

const TIMEOUT_MS = 2000;

t.test("stepFor() charges until the gateway's timeout before the deadline, then closes", async (t) => {
  const charge = {
    ...{ call: "charge", key: "r-1:charge", reference: "r-1" },
    ...{ amount: 9000, currency: "EUR", card: "tok_good" },
  };
  const close = { call: "close", key: "r-1:charge" };
  const cases = [
    { now: HOLD_UNTIL - 20_000, step: charge },
    { now: HOLD_UNTIL - TIMEOUT_MS - 1, step: charge },
    { now: HOLD_UNTIL - TIMEOUT_MS, step: close },
    { now: HOLD_UNTIL, step: close },
    { now: HOLD_UNTIL + 86_400_000, step: close },
  ];
  for (const { now, step } of cases) {
    t.same(stepFor(requested(), now, TIMEOUT_MS), step, `${now - HOLD_UNTIL} ms from the deadline`);
  }
});

t.test("stepFor() closes on a cancellation and refunds on a refund request at any time", async (t) => {
  for (const now of [0, HOLD_UNTIL, HOLD_UNTIL + 1e9]) {
    t.same(stepFor(cancellation(), now, TIMEOUT_MS), { call: "close", key: "r-1:charge" });
    const refund = { call: "refund", key: "r-1:refund", charge: "ch_1", amount: 9000 };
    t.same(stepFor(refundRequest(), now, TIMEOUT_MS), refund);
    t.same(
      stepFor(refundRequest({ reason: "TOO_LATE" }), now, TIMEOUT_MS),
      refund,
      "asked for twice for other reasons: the same call",
    );
  }
});

t.test("stepFor() throws Permanent when the id can't travel in a header", async (t) => {
  for (const reservationId of ["", "é", "a b", "a\r\nb", "\u{1f3ab}", "x".repeat(241)]) {
    for (const event of [requested({ reservationId }), cancellation({ reservationId })]) {
      t.throws(() => stepFor(event, 0, TIMEOUT_MS), { name: "Permanent" }, JSON.stringify(reservationId));
    }
  }
  t.equal(stepFor(cancellation({ reservationId: "x".repeat(240) }), 0, TIMEOUT_MS).key.length, 247);
});

t.test(
  "outcomeOf() has an event for each situation, and none for a cancellation without a charge",
  async (t) => {
    const whose = { reservationId: "r-1", customerId: "c-1" };
    const charged: Standing = { is: "charged", chargeId: "ch_9", amount: 77, currency: "USD" };
    const refunded: Standing = {
      is: "refunded",
      refundId: "re_9",
      chargeId: "ch_9",
      amount: 77,
      currency: "USD",
    };
    const captured = { type: "PaymentCaptured", ...whose, chargeId: "ch_9", amount: 77, currency: "USD" };
    const cases = [
      { event: requested(), standing: charged, outcome: captured },
      {
        event: requested(),
        standing: { is: "declined" },
        outcome: { type: "PaymentDeclined", ...whose, reason: "DECLINED" },
      },
      {
        event: requested(),
        standing: { is: "barred" },
        outcome: { type: "PaymentDeclined", ...whose, reason: "TOO_LATE" },
      },
      { event: cancellation(), standing: charged, outcome: captured },
      { event: cancellation(), standing: { is: "declined" }, outcome: undefined },
      { event: cancellation(), standing: { is: "barred" }, outcome: undefined },
      {
        event: refundRequest(),
        standing: refunded,
        outcome: {
          type: "PaymentRefunded",
          ...whose,
          chargeId: "ch_9",
          refundId: "re_9",
          amount: 77,
          currency: "USD",
        },
      },
    ] as const;
    for (const { event, standing, outcome } of cases) {
      t.same(outcomeOf(event, standing), outcome, `${event.type}, ${standing.is}`);
    }
  },
);
