import t from "tap";
import type { CancellationRequested, PaymentCaptured, PaymentDeclined } from "../../../schemas/types.ts";
import { type Decision, eventsOf, type Reservation } from "../../../workers/_seats/mod.ts";
import { decideHoldDue } from "../../../workers/expiry/decide.ts";
import { decideCancellation, decideCapture, decideDecline } from "../../../workers/settlement/decide.ts";
import { SITUATIONS, type Situation } from "../../_support/reservation.ts";

const CUT_OFF = 5_000;
const captured: PaymentCaptured = {
  ...{
    type: "PaymentCaptured",
    reservationId: "r",
    customerId: "u",
    chargeId: "ch",
    amount: 5_000,
    currency: "EUR",
  },
};
const cancellation: CancellationRequested = {
  ...{ type: "CancellationRequested", reservationId: "r", customerId: "u", requestedAt: 4_999 },
};
const declined = (reason: PaymentDeclined["reason"]): PaymentDeclined => ({
  ...{ type: "PaymentDeclined", reservationId: "r", customerId: "u", reason },
});
const due = { type: "HoldDue", reservationId: "r", holdUntil: 2_000 } as const;

const EVENTS = {
  captured: (r: Reservation | undefined, id: string) => decideCapture(r, captured, id),
  "another charge": (r: Reservation | undefined, id: string) =>
    decideCapture(r, { ...captured, chargeId: "ch2" }, id),
  declined: (r: Reservation | undefined, id: string) => decideDecline(r, declined("DECLINED"), id),
  "too late": (r: Reservation | undefined, id: string) => decideDecline(r, declined("TOO_LATE"), id),
  cancellation: (r: Reservation | undefined, id: string) => decideCancellation(r, cancellation, id, CUT_OFF),
  "cancellation after cut-off": (r: Reservation | undefined, id: string) =>
    decideCancellation(r, { ...cancellation, requestedAt: CUT_OFF }, id, CUT_OFF),
  "hold due": (r: Reservation | undefined, id: string) => decideHoldDue(r, due, id),
} as const;

const CONFIRMED = "ReservationConfirmed";
const EXPIRED = "ReservationExpired";
const CANCELLED = "ReservationCancelled before sale";
const CANCELLED_AFTER = "ReservationCancelled after sale, RefundRequested CANCELLED";
const GONE = "ReservationRejected SEATS_GONE, RefundRequested SEATS_GONE";
const DECLINED = "ReservationRejected DECLINED";
const TOO_LATE = "ReservationRejected TOO_LATE";
const REFUND_LATE = "RefundRequested TOO_LATE";
const REFUND_CANCELLED = "RefundRequested CANCELLED";

/** Columns as in EVENTS; docs/state-machines.md shows the same table. */
const TABLE: Readonly<Record<Situation, readonly string[]>> = {
  unknown: ["wait", "wait", "wait", "wait", "wait", "wait", "wait"],
  held: [CONFIRMED, CONFIRMED, DECLINED, TOO_LATE, CANCELLED, CANCELLED, EXPIRED],
  "sold, not announced": ["nothing", "refuse", "refuse", "refuse", "wait", "wait", "nothing"],
  "sold, announced": ["nothing", "refuse", "refuse", "refuse", CANCELLED_AFTER, "nothing", "nothing"],
  expired: [REFUND_LATE, REFUND_LATE, "nothing", "nothing", "nothing", "nothing", "nothing"],
  "expired, refunded": ["nothing", "refuse", "nothing", "nothing", "nothing", "nothing", "nothing"],
  declined: [REFUND_LATE, REFUND_LATE, "nothing", "nothing", "nothing", "nothing", "nothing"],
  "declined, too late": [REFUND_LATE, REFUND_LATE, "nothing", "nothing", "nothing", "nothing", "nothing"],
  "declined, seats gone": ["nothing", "refuse", "nothing", "nothing", "nothing", "nothing", "nothing"],
  cancelled: [REFUND_CANCELLED, REFUND_CANCELLED, "nothing", "nothing", "nothing", "nothing", "nothing"],
  "cancelled, refunded": ["nothing", "refuse", "nothing", "nothing", "nothing", "nothing", "nothing"],
  "cancelled after sale": ["nothing", "refuse", "nothing", "nothing", "nothing", "nothing", "nothing"],
  lapsed: [GONE, GONE, DECLINED, TOO_LATE, CANCELLED, CANCELLED, EXPIRED],
};

/** What the decision makes of the reservation for the record `id`. */
function outcome(reservation: Reservation | undefined, decision: Decision, id: string): string {
  if (reservation === undefined || decision.kind !== "move") return decision.kind;
  const events = eventsOf({ ...reservation, ...decision.to.set }, id);
  return events
    .map((event) => {
      if (event.type === "ReservationCancelled")
        return `${event.type} ${event.afterSale ? "after" : "before"} sale`;
      return "reason" in event ? `${event.type} ${event.reason}` : event.type;
    })
    .join(", ");
}

t.test("decide…() does in every state with every event what the table says", (t) => {
  for (const [situation, row] of Object.entries(TABLE)) {
    // Object.entries forgets the keys' type.
    const reservation = SITUATIONS[situation as Situation];
    for (const [column, [name, decide]] of Object.entries(EVENTS).entries())
      t.equal(outcome(reservation, decide(reservation, "new"), "new"), row[column], `${situation} × ${name}`);
  }
  t.end();
});

t.test("decide…() repeats what the same record made, and no other's", (t) => {
  for (const [situation, reservation] of Object.entries(SITUATIONS)) {
    if (reservation === undefined) continue;
    for (const [name, decide] of Object.entries(EVENTS)) {
      const decision = decide(reservation, "new");
      if (decision.kind !== "move") continue;
      const after = { ...reservation, ...decision.to.set };
      const events = eventsOf(after, "new");
      t.ok(events.length > 0, `${situation} × ${name} emits`);
      t.strictSame(decide(after, "new"), { kind: "again" }, `${situation} × ${name} again`);
      t.not(decide(after, "other").kind, "again", `${situation} × ${name} by another record`);
      t.equal(eventsOf(after, "other").length, 0);
    }
  }
  t.end();
});

t.test("decide…() leaves every state but held and lapsed with at most one more end", (t) => {
  const ends = (reservation: Reservation, id: string) =>
    eventsOf(reservation, id).filter(({ type }) => type !== "RefundRequested" && type !== CONFIRMED).length;
  for (const [situation, reservation] of Object.entries(SITUATIONS)) {
    if (reservation === undefined) continue;
    const open = ["held", "lapsed", "sold"].includes(reservation.state);
    for (const [name, decide] of Object.entries(EVENTS)) {
      const decision = decide(reservation, "new");
      if (decision.kind !== "move") continue;
      if (!open) t.equal(ends({ ...reservation, ...decision.to.set }, "new"), 0, `${situation} × ${name}`);
    }
  }
  t.end();
});

t.test("decide…() frees or keeps the seats of what ends, sells only a hold", (t) => {
  for (const [situation, reservation] of Object.entries(SITUATIONS))
    for (const [name, decide] of Object.entries(EVENTS)) {
      const decision = decide(reservation, "new");
      if (decision.kind !== "move") continue;
      const { seats, set } = decision.to;
      t.equal(seats === "sell", set.state === "sold", `${situation} × ${name}`);
      const hadSeats = reservation?.state === "held" || reservation?.state === "sold";
      if (hadSeats && set.state !== "sold") t.equal(seats, "free", `${situation} × ${name}`);
    }
  t.end();
});

t.test("decideCapture() refuses another amount or currency than was due", (t) => {
  for (const over of [{ amount: 4_999 }, { currency: "USD" }])
    t.equal(decideCapture(SITUATIONS.held, { ...captured, ...over }, "new").kind, "refuse");
  t.end();
});

t.test("decideCancellation() waits while the sold concert isn't in the catalogue", (t) => {
  t.equal(decideCancellation(SITUATIONS["sold, announced"], cancellation, "new", undefined).kind, "wait");
  t.equal(decideCancellation(SITUATIONS.held, cancellation, "new", undefined).kind, "move");
  t.end();
});

t.test("decideHoldDue() ignores a timer of an earlier deadline", (t) => {
  t.equal(decideHoldDue(SITUATIONS.held, { ...due, holdUntil: 1_999 }, "new").kind, "nothing");
  t.equal(decideHoldDue(SITUATIONS.lapsed, { ...due, holdUntil: 1_999 }, "new").kind, "nothing");
  t.end();
});
