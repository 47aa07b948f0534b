import pino from "pino";
import t, { type Test } from "tap";
import { payments } from "../../../schemas/topics.ts";
import type { Event, Topic } from "../../../workers/_runtime/mod.ts";
import type { PaymentCommand } from "../../../workers/payment/decide.ts";
import { createGateway } from "../../../workers/payment/gateway-client.ts";
import { handle } from "../../../workers/payment/handle.ts";
import worker from "../../../workers/payment/worker.ts";
import { gatewayFor, until } from "../../scripts/gateway/client.ts";
import { cancellation, HOLD_UNTIL, refundRequest, requested } from "./events.ts";

/** For calls that are answered: however busy the machine is, none is given up before. */
const PATIENT_MS = 60_000;
/** For calls that are never answered. */
const HASTY_MS = 300;
const TOO_LATE = HOLD_UNTIL - PATIENT_MS;
const IN_TIME = TOO_LATE - 1;
const log = pino({ level: "silent" });

/**
 * A worker on a simulator: each call of `run` is one attempt, its answer what that attempt emitted. `runInVain` waits for
 * no answer, and tries again until the call has been heard: on a busy machine time may be up before it was sent.
 */
async function paymentFor(t: Test, options: Parameters<typeof gatewayFor>[1] = {}) {
  const simulator = await gatewayFor(t, options);
  const run = async (event: PaymentCommand, now = IN_TIME, timeoutMs = PATIENT_MS) => {
    const gateway = createGateway({ url: simulator.url, timeoutMs });
    const emitted: Event[] = [];
    const emit = <E extends Event>(topic: Topic<E>, event: E) => {
      t.equal(topic.name, payments.name);
      emitted.push(event);
    };
    await handle(event, { gateway, now: () => now, emit, signal: new AbortController().signal, log });
    return emitted;
  };
  const runInVain = async (event: PaymentCommand, heard: () => boolean, now = IN_TIME) => {
    const unheard = { name: "Unheard", message: /did not answer/ };
    await t.rejects(run(event, now, HASTY_MS), unheard);
    // One that was on its way when it was given up is in progress at the next.
    while (!heard())
      await t.rejects(run(event, now, HASTY_MS), { message: /did not answer|key_in_progress/ });
  };
  const kinds = () => simulator.entries.map(({ kind }) => kind);
  return { simulator, run, runInVain, kinds };
}

const DECLINED = { type: "PaymentDeclined", reservationId: "r-1", customerId: "c-1", reason: "DECLINED" };
const BARRED = { ...DECLINED, reason: "TOO_LATE" };
const CAPTURED = {
  type: "PaymentCaptured",
  reservationId: "r-1",
  customerId: "c-1",
  amount: 9000,
  currency: "EUR",
};

t.test(
  "handle() charges in time and announces the capture, again for a redelivery, with one charge",
  async (t) => {
    const { run, simulator } = await paymentFor(t);
    const first = await run(requested());
    t.match(first, [{ ...CAPTURED, chargeId: /^ch_/ }]);
    t.same(await run(requested()), first);
    t.match(simulator.entries, [{ kind: "charge", key: "r-1:charge", reference: "r-1", amount: 9000 }]);
    t.equal(simulator.entries.length, 1);
  },
);

t.test("handle() announces a decline, the same at a replay after the deadline", async (t) => {
  const { run, kinds } = await paymentFor(t);
  const event = requested({ card: "tok_declined" });
  t.same(await run(event), [DECLINED]);
  t.same(await run(event, TOO_LATE), [DECLINED]);
  t.same(await run(cancellation()), []);
  t.same(kinds(), ["decline"]);
});

t.test("handle() throws Permanent for what the gateway answers with 422", async (t) => {
  const { run, kinds } = await paymentFor(t);
  await t.rejects(run(requested({ card: "tok_poison" })), { name: "Permanent", message: /card_invalid/ });
  t.same(kinds(), []);
  await run(requested());
  await t.rejects(run(requested({ amount: 1 })), { name: "Permanent", message: /key_reused/ });
  t.same(kinds(), ["charge"]);
});

t.test("handle() never charges after the deadline less the timeout, replays included", async (t) => {
  const { run, kinds } = await paymentFor(t);
  t.same(await run(requested(), TOO_LATE), [BARRED]);
  t.same(await run(requested(), HOLD_UNTIL + 1e9), [BARRED], "a replay next week");
  t.same(await run(requested()), [BARRED], "even by a member whose clock is behind");
  t.same(kinds(), ["close"]);
});

t.test("handle() finds out an unknown outcome at the next attempt, in time or too late", async (t) => {
  const faults = ["lost", "errorAfter", "resetAfter"] as const;
  for (const fault of faults) {
    for (const now of [IN_TIME, TOO_LATE]) {
      const { run, runInVain, simulator, kinds } = await paymentFor(t, { faults: { [fault]: 1 } });
      if (fault === "lost") await runInVain(requested(), () => kinds().length === 1);
      else await t.rejects(run(requested()), { name: fault === "errorAfter" ? "Error" : "Unheard" }, fault);
      simulator.changeFaults({ [fault]: 0 });
      t.match(
        await run(requested(), now),
        [CAPTURED],
        `${fault}, ${now === IN_TIME ? "in time" : "too late"}`,
      );
      t.same(kinds(), ["charge"]);
    }
  }
});

t.test("handle() bars the key when the unknown outcome was that nothing happened", async (t) => {
  for (const fault of ["hang", "errorBefore", "resetBefore"] as const) {
    const { run, runInVain, simulator, kinds } = await paymentFor(t, { faults: { [fault]: 1 } });
    if (fault === "hang") await runInVain(requested(), () => simulator.stats().calls > 0);
    else await t.rejects(run(requested()), { name: fault === "errorBefore" ? "Error" : "Unheard" }, fault);
    simulator.changeFaults({ [fault]: 0 });
    t.same(await run(requested(), TOO_LATE), [BARRED], fault);
    t.same(kinds(), ["close"]);
  }
});

t.test("handle() is transient while the charge is under way, then announces it, whoever asks", async (t) => {
  const asked = async (event: PaymentCommand) => {
    // Long enough for whoever asks meanwhile.
    const { run, runInVain, simulator } = await paymentFor(t, { faults: { stall: 1, stallMs: 10_000 } });
    await runInVain(requested(), () => simulator.stats().inProgress === 1);
    simulator.changeFaults({ stall: 0 });
    await t.rejects(run(event, TOO_LATE), { name: "Error", message: /409 key_in_progress/ }, event.type);
    await until(() => simulator.entries.length === 1);
    t.match(await run(event, TOO_LATE), [CAPTURED], event.type);
    t.equal(simulator.entries.length, 1);
  };
  await Promise.all([requested(), cancellation()].map(asked));
});

t.test("handle() on a cancellation before any charge bars the key and says nothing", async (t) => {
  const { run, kinds } = await paymentFor(t);
  t.same(await run(cancellation()), []);
  t.same(await run(cancellation()), []);
  t.same(await run(requested()), [BARRED], "the request's dead letter comes back in time");
  t.same(kinds(), ["close"]);
});

t.test("handle() on a cancellation after the capture announces the same charge again", async (t) => {
  const { run, kinds } = await paymentFor(t);
  const captured = await run(requested());
  t.same(await run(cancellation()), captured);
  t.same(kinds(), ["charge"], "and never refunds by itself");
});

t.test("handle() on a cancellation finds the charge whose answer was lost", async (t) => {
  const { run, runInVain, kinds } = await paymentFor(t);
  await runInVain(requested({ card: "tok_lost" }), () => kinds().length === 1);
  t.match(await run(cancellation()), [CAPTURED]);
  t.same(kinds(), ["charge"]);
});

t.test("handle() tries a close again whose own outcome is unknown", async (t) => {
  const { run, runInVain, simulator, kinds } = await paymentFor(t, { faults: { lost: 1 } });
  await runInVain(requested(), () => kinds().length === 1, HOLD_UNTIL);
  simulator.changeFaults({ lost: 0 });
  t.same(await run(requested(), TOO_LATE), [BARRED]);
  t.same(kinds(), ["close"]);
});

t.test("handle() refunds once, however often and whatever the answers", async (t) => {
  const { run, runInVain, simulator, kinds } = await paymentFor(t);
  await run(requested());
  const [charge] = simulator.entries;
  const chargeId = charge?.kind === "charge" ? charge.id : "none";
  simulator.changeFaults({ lost: 1 });
  await runInVain(refundRequest({ chargeId }), () => kinds().length === 2);
  simulator.changeFaults({ lost: 0 });
  const refunded = await run(refundRequest({ chargeId }));
  t.match(refunded, [
    {
      type: "PaymentRefunded",
      reservationId: "r-1",
      customerId: "c-1",
      chargeId,
      refundId: /^re_/,
      amount: 9000,
    },
  ]);
  t.same(await run(refundRequest({ chargeId, reason: "SEATS_GONE" })), refunded);
  t.same(kinds(), ["charge", "refund"]);
  await t.rejects(run(refundRequest({ chargeId, reservationId: "r-2" })), { name: "Permanent" });
  await t.rejects(run(refundRequest({ chargeId: "ch_x", reservationId: "r-3" })), { name: "Permanent" });
  t.same(kinds(), ["charge", "refund"]);
});

t.test("handle() throws Unavailable while the gateway is down for everyone, then goes on", async (t) => {
  const { run, simulator } = await paymentFor(t);
  for (const mode of ["503", "refuse"] as const) {
    await simulator.outage.begin(mode, 60_000);
    // An idle connection may break at its next use only: one lost call.
    await t.rejects(run(cancellation()));
    for (const event of [requested(), requested({ holdUntil: 0 }), cancellation(), refundRequest()]) {
      await t.rejects(run(event), { name: "Unavailable", dependency: "gateway" }, `${mode} ${event.type}`);
    }
  }
  await simulator.outage.end();
  t.equal(simulator.entries.length, 0);
  t.match(await run(requested()), [CAPTURED]);
});

t.test("payment reads three records, emits payments and opens sockets to the gateway alone", async (t) => {
  t.equal(worker.name, "payment");
  t.same(
    worker.reads.map(({ topic, records }) => [topic.name, records.map(({ name }) => name)]),
    [["reservations", ["ReservationRequested", "CancellationRequested", "RefundRequested"]]],
  );
  t.same(
    worker.emits.map(({ name }) => name),
    ["payments"],
  );
  t.same(worker.permissions, { net: ["GATEWAY_URL"] });
});
