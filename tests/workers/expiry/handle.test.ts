import t, { type Test } from "tap";
import type { ReservationConfirmed, ReservationRequested } from "../../../schemas/types.ts";
import type { Event, Timer } from "../../../workers/_runtime/mod.ts";
import { type HoldTimer, requestHash } from "../../../workers/_seats/mod.ts";
import { handle } from "../../../workers/expiry/handle.ts";
import { openSeatMap, silent } from "../../_support/seats.ts";

async function worker(t: Test) {
  const open = await openSeatMap(t);
  const emitted: Event[] = [];
  const scheduled: Timer<HoldTimer>[] = [];
  const cancelled: string[] = [];
  const context = (id: string) => ({
    ...{ id, log: silent, signal: new AbortController().signal, seatMap: open.seatMap },
    emit: (_topic: unknown, event: Event) => void emitted.push(event),
    timers: {
      schedule: async (timers: readonly Timer<HoldTimer>[]) => void scheduled.push(...timers),
      cancel: async (id: string) => void cancelled.push(id),
    },
  });
  return { ...open, emitted, scheduled, cancelled, context };
}

const requested: ReservationRequested = {
  ...{ type: "ReservationRequested", reservationId: "r", customerId: "u", concertId: "c", seats: ["A-1"] },
  ...{ amount: 5_000, currency: "EUR", card: "tok", requestedAt: 1_000_000, holdUntil: 1_001_000 },
};
const due = { type: "HoldDue", reservationId: "r", holdUntil: 1_001_000 } as const;

t.test("expiry sets a timer for each request, and ends it when that goes off", async (t) => {
  const { seatMap, emitted, scheduled, context, request } = await worker(t);
  await seatMap.hold(request("r"));
  await handle(requested, context("reservations-0-1"));
  const data = { reservationId: "r", holdUntil: 1_001_000 };
  t.strictSame(scheduled, [{ id: "r-1001000", at: 1_001_000, data }]);
  t.equal((await seatMap.find("r"))?.published, true);
  await handle(due, context("reservations-0-2"));
  await handle(due, context("reservations-0-3"));
  t.match(emitted, [{ type: "ReservationExpired", seats: ["A-1"], amount: 5_000 }]);
  t.equal(emitted.length, 1);
  await handle(due, context("reservations-0-2"));
  t.equal(emitted.length, 2, "the same record emits again");
  t.strictSame((await seatMap.seats("c")).seats, {});
});

t.test("expiry takes seats for a request that the seat map doesn't know, or ends it without", async (t) => {
  const { seatMap, emitted, scheduled, context } = await worker(t);
  await handle(requested, context("reservations-0-1"));
  t.strictSame((await seatMap.seats("c")).seats, { "A-1": "held" });
  await handle({ ...requested, reservationId: "s" }, context("reservations-1-1"));
  t.equal((await seatMap.find("s"))?.state, "lapsed");
  t.equal(scheduled.length, 2);
  await handle({ ...due, reservationId: "s" }, context("reservations-1-2"));
  t.match(emitted, [{ type: "ReservationExpired", reservationId: "s" }]);
  t.strictSame((await seatMap.seats("c")).seats, { "A-1": "held" });
});

t.test("expiry takes a request into the seat map so that its client's repeat is the same", async (t) => {
  const { seatMap, context, request, clock } = await worker(t);
  await handle(requested, context("reservations-0-1"));
  const { customerId, concertId, seats } = requested;
  const bodyHash = requestHash(requested);
  clock.now += 5;
  const again = await seatMap.hold(request("r", { customerId, concertId, seats, bodyHash }));
  t.match(again, { kind: "held", fresh: false, published: true, reservation: { holdUntil: 1_001_000 } });
  t.match(await seatMap.hold(request("r")), { kind: "conflict" });
});

t.test("expiry sets no timer for what is over", async (t) => {
  const { seatMap, scheduled, context, request } = await worker(t);
  const held = await seatMap.hold(request("r"));
  if (held.kind !== "held") return t.fail("not held");
  await seatMap.move(held.reservation, { seats: "free", set: { state: "cancelled", endedBy: "x" } });
  await handle(requested, context("reservations-0-1"));
  t.strictSame(scheduled, []);
});

t.test("expiry marks a confirmation that stands in the log, and takes its timer off", async (t) => {
  const { seatMap, cancelled, context, request } = await worker(t);
  const event: ReservationConfirmed = {
    ...{ type: "ReservationConfirmed", reservationId: "r", customerId: "u", concertId: "c", seats: ["A-1"] },
    ...{ amount: 5_000, currency: "EUR", chargeId: "ch" },
  };
  await t.rejects(handle(event, context("reservations-0-2")), /doesn't know/);
  await seatMap.hold(request("r"));
  await handle(event, context("reservations-0-2"));
  t.equal((await seatMap.find("r"))?.announced, true);
  t.strictSame(cancelled, ["r-1001000"]);
});
