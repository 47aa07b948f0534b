import t from "tap";
import type { PaymentCaptured } from "../../../schemas/types.ts";
import { applyDecision, type Decision, type Reservation } from "../../../workers/_seats/mod.ts";
import { decideCancellation, decideCapture } from "../../../workers/settlement/decide.ts";
import { openSeatMap } from "../../_support/seats.ts";

const signal = new AbortController().signal;
const captured: PaymentCaptured = {
  ...{ type: "PaymentCaptured", reservationId: "r", customerId: "u", chargeId: "ch" },
  ...{ amount: 5_000, currency: "EUR" },
};
const cancellation = {
  type: "CancellationRequested",
  reservationId: "r",
  customerId: "u",
  requestedAt: 0,
} as const;
const types = ({ events }: { events: readonly { type: string }[] }) => events.map(({ type }) => type);

t.test("applyDecision() decides again when another record came first, and both are right", async (t) => {
  for (let round = 0; round < 20; round++) {
    const { seatMap, request } = await openSeatMap(t);
    await seatMap.hold(request("r"));
    const [sale, cancelled] = await Promise.all([
      applyDecision(seatMap, { reservationId: "r", id: "p", signal }, (one) =>
        decideCapture(one, captured, "p"),
      ),
      applyDecision(seatMap, { reservationId: "r", id: "c", signal }, (one) =>
        decideCancellation(one, cancellation, "c", 9e12),
      ).catch((error: unknown) => String(error)),
    ]);
    const state = (await seatMap.find("r"))?.state;
    if (typeof cancelled === "string") {
      t.strictSame([state, types(sale)], ["sold", ["ReservationConfirmed"]]);
      t.match(cancelled, /confirmation isn't in the log yet/);
    } else
      t.strictSame(
        [state, types(sale), types(cancelled)],
        ["cancelled", ["RefundRequested"], ["ReservationCancelled"]],
      );
  }
});

t.test("applyDecision() treats a hold that lost a seat as lapsed: rejected and refunded", async (t) => {
  const { seatMap, request, redis, prefix } = await openSeatMap(t);
  const held = await seatMap.hold(request("r", { seats: ["A-1", "A-2"] }));
  if (held.kind !== "held") return t.fail("not held");
  await redis.call("HSET", `${prefix}seats:${held.generation}:seats:c`, "A-2", "sother");
  const capture = (id: string) =>
    applyDecision(seatMap, { reservationId: "r", id, signal }, (one) => decideCapture(one, captured, id));
  t.match((await capture("p")).events, [
    { type: "ReservationRejected", reason: "SEATS_GONE" },
    { type: "RefundRequested", reason: "SEATS_GONE", chargeId: "ch" },
  ]);
  t.strictSame(
    types(await capture("p")),
    ["ReservationRejected", "RefundRequested"],
    "the same record again",
  );
  t.strictSame(types(await capture("p2")), [], "another record of the same charge");
  t.strictSame((await seatMap.seats("c")).seats, { "A-2": "sold" });
});

t.test(
  "applyDecision() throws Permanent for what contradicts, and a plain error for what must wait",
  async (t) => {
    const { seatMap, request } = await openSeatMap(t);
    await seatMap.hold(request("r"));
    const apply = (decide: (one: Reservation | undefined) => Decision, reservationId = "r") =>
      applyDecision(seatMap, { reservationId, id: "x", signal }, decide);
    await t.rejects(
      apply((one) => decideCapture(one, { ...captured, amount: 1 }, "x")),
      { name: "Permanent" },
    );
    await t.rejects(
      apply((one) => decideCapture(one, captured, "x"), "nobody"),
      { name: "Error", message: /Cannot decide yet/ },
    );
    t.equal((await seatMap.find("r"))?.state, "held");
  },
);

t.test("applyDecision() stops at its signal and after too many changes", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  await seatMap.hold(request("r"));
  const decide = (one: Reservation | undefined) => decideCapture(one, captured, "x");
  const options = { reservationId: "r", id: "x" };
  await t.rejects(applyDecision(seatMap, { ...options, signal: AbortSignal.abort() }, decide), {
    name: "AbortError",
  });
  const restless = { find: seatMap.find, move: async () => "changed" as const };
  await t.rejects(applyDecision(restless, { ...options, signal }, decide), /changed 8 times/);
});
