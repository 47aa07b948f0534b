import t, { type Test } from "tap";
import type { CancellationRequested, PaymentCaptured } from "../../../schemas/types.ts";
import type { Event } from "../../../workers/_runtime/mod.ts";
import { handle } from "../../../workers/settlement/handle.ts";
import { concert } from "../../_support/box-office.ts";
import { openSeatMap, silent } from "../../_support/seats.ts";

const CUT_OFF = 2_000_000;
const captured: PaymentCaptured = {
  ...{ type: "PaymentCaptured", reservationId: "r", customerId: "u", chargeId: "ch" },
  ...{ amount: 5_000, currency: "EUR" },
};
const cancellation = (requestedAt: number): CancellationRequested => ({
  ...{ type: "CancellationRequested", reservationId: "r", customerId: "u", requestedAt },
});

async function worker(t: Test) {
  const open = await openSeatMap(t);
  const settle = async (event: Parameters<typeof handle>[0], id: string) => {
    const emitted: Event[] = [];
    const emit = (_topic: unknown, event: Event) => void emitted.push(event);
    const signal = new AbortController().signal;
    await handle(event, { id, time: 1, log: silent, signal, emit, seatMap: open.seatMap });
    return emitted.map(({ type }) => type);
  };
  return { ...open, settle };
}

t.test("settlement takes a sale back until the catalogue's cut-off, and not a moment later", async (t) => {
  for (const [requestedAt, events] of [
    [CUT_OFF - 1, ["ReservationCancelled", "RefundRequested"]],
    [CUT_OFF, []],
  ] as const) {
    const { seatMap, request, settle } = await worker(t);
    await seatMap.hold(request("r"));
    t.same(await settle(captured, "payments-0-1"), ["ReservationConfirmed"]);
    await seatMap.announced("r");
    await t.rejects(settle(cancellation(requestedAt), "reservations-0-2"), /isn't in the catalogue/);
    t.same(await settle({ ...concert, cutOffAt: CUT_OFF, startsAt: CUT_OFF + 1 }, "concerts-0-1"), []);
    t.same(await settle(cancellation(requestedAt), "reservations-0-2"), events);
    t.same(await settle(cancellation(requestedAt), "reservations-0-2"), events, "the same record again");
    t.same(await settle(cancellation(requestedAt), "reservations-0-3"), [], "another wish");
  }
});
