import t from "tap";
import { claimsOf } from "../../../workers/_seats/claims.ts";
import { requestHash } from "../../../workers/_seats/mod.ts";
import { addToStory, type ReservationEvent, type Stories } from "../../../workers/_seats/story.ts";

const CUT_OFF = 100_000;
const whose = (reservationId: string, seats: readonly string[]) => ({
  ...{ reservationId, customerId: `u-${reservationId}`, concertId: "c", seats: [...seats] },
});
const price = { amount: 100, currency: "EUR" };
const requested = (id: string, requestedAt: number, ...seats: string[]): ReservationEvent => ({
  ...{ type: "ReservationRequested", ...whose(id, seats), ...price },
  ...{ card: "tok", requestedAt, holdUntil: requestedAt + 100 },
});
const confirmed = (id: string, ...seats: string[]): ReservationEvent => ({
  ...{ type: "ReservationConfirmed", ...whose(id, seats), ...price, chargeId: `ch-${id}` },
});
const expired = (id: string, ...seats: string[]): ReservationEvent => ({
  ...{ type: "ReservationExpired", ...whose(id, seats), ...price },
});
const cancelled = (id: string, ...seats: string[]): ReservationEvent => ({
  ...{ type: "ReservationCancelled", ...whose(id, seats), afterSale: true },
});
const cancellation = (id: string, requestedAt: number): ReservationEvent => ({
  ...{ type: "CancellationRequested", reservationId: id, customerId: `u-${id}`, requestedAt },
});
const rejected = (id: string, ...seats: string[]): ReservationEvent => ({
  ...{ type: "ReservationRejected", ...whose(id, seats), reason: "SEATS_GONE" },
});
const refund = (id: string): ReservationEvent => ({
  ...{ type: "RefundRequested", reservationId: id, customerId: `u-${id}`, ...price },
  ...{ chargeId: `ch-${id}`, reason: "CANCELLED" },
});

/** Each history, and what it says: reservation -> state and its seats. */
const TABLE: Readonly<Record<string, { log: ReservationEvent[]; says: Record<string, string> }>> = {
  "a request without an end takes its seats": {
    log: [requested("r", 10, "A-1", "A-2")],
    says: { r: "held A-1 A-2" },
  },
  "each end leaves the seats": {
    log: [
      ...[requested("e", 10, "A-1"), expired("e", "A-1"), requested("d", 11, "A-1"), rejected("d", "A-1")],
      ...[requested("x", 12, "A-1"), confirmed("x", "A-1"), cancelled("x", "A-1"), requested("r", 13, "A-1")],
    ],
    says: { e: "expired ", d: "declined ", x: "cancelled ", r: "held A-1" },
  },
  "a sale keeps its seats against an earlier and a later request": {
    log: [
      requested("a", 10, "A-1"),
      requested("s", 20, "A-1"),
      confirmed("s", "A-1"),
      requested("b", 30, "A-1"),
    ],
    says: { a: "lapsed ", s: "sold A-1", b: "lapsed " },
  },
  "of two without an end the later one has the seat, and the earlier one none at all": {
    log: [requested("a", 10, "A-1", "A-2"), requested("b", 20, "A-2")],
    says: { a: "lapsed ", b: "held A-2" },
  },
  "at the same time one of the two has it": {
    log: [requested("b", 10, "A-1"), requested("a", 10, "A-1")],
    says: { a: "lapsed ", b: "held A-1" },
  },
  "a seat of one that lapsed goes to nobody": {
    log: [requested("a", 10, "A-1"), requested("b", 20, "A-1", "A-2"), requested("c", 30, "A-2")],
    says: { a: "lapsed ", b: "lapsed ", c: "held A-2" },
  },
  "who asked after the hold's deadline lapsed it, even if it is over by now": {
    log: [requested("a", 10, "A-1"), requested("b", 111, "A-1"), expired("b", "A-1")],
    says: { a: "lapsed ", b: "expired " },
  },
  "who asked within the hold and is over took nothing from it": {
    log: [requested("a", 10, "A-1"), requested("b", 110, "A-1"), expired("b", "A-1")],
    says: { a: "held A-1", b: "expired " },
  },
  "a sale that is being cancelled leaves the seats that somebody asked for since": {
    log: [
      ...[requested("s", 10, "A-1", "A-2"), confirmed("s", "A-1", "A-2"), cancellation("s", 15)],
      requested("b", 20, "A-2"),
    ],
    says: { s: "sold A-1", b: "held A-2" },
  },
  "a cancellation in time counts, though it was repeated after the cut-off": {
    log: [
      ...[requested("s", 10, "A-1"), confirmed("s", "A-1"), cancellation("s", CUT_OFF - 1)],
      ...[cancellation("s", CUT_OFF + 1), requested("b", CUT_OFF, "A-1")],
    ],
    says: { s: "sold ", b: "held A-1" },
  },
  "a sale whose cancellation came after the cut-off keeps all": {
    log: [
      ...[requested("s", 10, "A-1"), confirmed("s", "A-1"), cancellation("s", CUT_OFF)],
      requested("b", CUT_OFF + 1, "A-1"),
    ],
    says: { s: "sold A-1", b: "lapsed " },
  },
  "a sale whose request can't be read is still a sale": {
    log: [confirmed("s", "A-1"), requested("b", 20, "A-1")],
    says: { s: "sold A-1", b: "lapsed " },
  },
  "the same seat of another concert is another seat": {
    log: [requested("a", 10, "A-1"), { ...requested("b", 20, "A-1"), concertId: "d" } as ReservationEvent],
    says: { a: "held A-1", b: "held A-1" },
  },
};

function storiesOf(log: readonly ReservationEvent[]): Stories {
  const stories: Stories = new Map();
  for (const event of log) addToStory(stories, event);
  return stories;
}

function said(log: readonly ReservationEvent[]): Record<string, string> {
  const { claims } = claimsOf(storiesOf(log), () => CUT_OFF);
  return Object.fromEntries(
    claims.map(({ reservation: { reservationId, state }, owned }) => [
      reservationId,
      `${state} ${owned.join(" ")}`,
    ]),
  );
}

for (const [title, { log, says }] of Object.entries(TABLE))
  t.test(`claimsOf(): ${title}`, (t) => {
    t.strictSame(said(log), { ...says });
    t.same(said([...log].reverse()), says, "whatever the order of records");
    t.same(said([...log, ...log]), says, "and however often they are read");
    t.end();
  });

t.test("claimsOf() reports a seat that the log sold twice, and keeps the first sale", (t) => {
  const log = [
    requested("b", 20, "A-1"),
    confirmed("b", "A-1"),
    requested("a", 10, "A-1"),
    confirmed("a", "A-1"),
  ];
  const { claims, soldTwice } = claimsOf(storiesOf(log), () => CUT_OFF);
  t.strictSame(soldTwice, [{ concertId: "c", seat: "A-1" }]);
  t.strictSame(claims.find(({ reservation }) => reservation.reservationId === "a")?.owned, ["A-1"]);
  t.strictSame(claims.find(({ reservation }) => reservation.reservationId === "b")?.owned, []);
  t.end();
});

t.test("claimsOf() counts what has neither request nor confirmation", (t) => {
  const { claims, incomplete } = claimsOf(
    storiesOf([expired("e", "A-1"), cancellation("x", 1)]),
    () => CUT_OFF,
  );
  t.strictSame([claims.length, incomplete], [0, 2]);
  t.end();
});

t.test("claimsOf() restores what a transition needs", (t) => {
  const log = [requested("s", 10, "A-1"), confirmed("s", "A-1"), requested("x", 10, "A-2"), refund("x")];
  const found = new Map(
    claimsOf(storiesOf(log), () => CUT_OFF).claims.map(({ reservation }) => [
      reservation.reservationId,
      reservation,
    ]),
  );
  const bodyHash = requestHash({ customerId: "u-s", concertId: "c", seats: ["A-1"], card: "tok" });
  t.match(found.get("s"), {
    ...price,
    bodyHash,
    chargeId: "ch-s",
    soldBy: "log",
    announced: true,
    published: true,
  });
  t.match(found.get("x"), { chargeId: "ch-x", refundBy: "log", endedBy: undefined });
  const early = [requested("e", 10, "A-3"), { ...confirmed("e", "A-3"), chargeId: "" }];
  const [claim] = claimsOf(storiesOf(early), () => CUT_OFF).claims;
  t.equal(
    claim?.reservation.chargeId,
    undefined,
    "a confirmation that was written before it carried the charge",
  );
  t.end();
});
