import t from "tap";
import type { ReservationConfirmed } from "../../../schemas/types.ts";
import { violations } from "../../../scripts/invariants/check.ts";
import { healthySale, letterOf, logTo, type Sale } from "./facts.ts";

const CONCERT = "opening-night";
const EUR = { amount: 4_500, currency: "EUR" };

const found = (sale: Sale, over: object = {}) =>
  violations({ ...sale.facts(), ...over }).map(
    ({ invariant, reservations }) => `${invariant}: ${reservations}`,
  );

/** A sale of `seat`, asked for at `requestedAt`, that is paid and told. */
function sell(sale: Sale, reservationId: string, seat: string, requestedAt: number, concertId = CONCERT) {
  const who = { reservationId, customerId: `c-${reservationId}` };
  const what = { ...who, concertId, seats: [seat] };
  const chargeId = `ch-${reservationId}`;
  const times = { requestedAt, holdUntil: requestedAt + 1 };
  logTo(sale, { type: "ReservationRequested", ...what, ...EUR, card: "tok_good", ...times });
  sale.charges.push({
    id: chargeId,
    key: `${reservationId}:charge`,
    reference: reservationId,
    amount: 4_500,
  });
  const confirmed: ReservationConfirmed = { type: "ReservationConfirmed", ...what, ...EUR, chargeId };
  logTo(sale, confirmed, "Confirmed: your seats");
  return confirmed;
}

/** The sale's cancellation, asked for at `requestedAt`, with its refund. */
function takeBack(
  sale: Sale,
  { reservationId, customerId, concertId, seats, chargeId }: ReservationConfirmed,
  requestedAt: number,
) {
  const who = { reservationId, customerId };
  logTo(sale, { type: "CancellationRequested", ...who, requestedAt });
  logTo(sale, { type: "ReservationCancelled", ...who, concertId, seats, afterSale: true }, "Cancelled: your");
  sale.refunds.push({ id: `re-${reservationId}`, charge: chargeId, amount: 4_500 });
  const refund = { ...who, chargeId, refundId: `re-${reservationId}`, ...EUR };
  logTo(sale, { type: "PaymentRefunded", ...refund }, "Refund for reservation");
}

t.test("violations() finds a seat that two had for a while, though one was cancelled", async (t) => {
  for (const [askedAt, broken] of [
    [150, true],
    [199, true],
    // By the clock that both were asked by: nobody asks for a seat before it is free.
    [200, false],
    [250, false],
  ] as const) {
    const sale = healthySale();
    const first = sell(sale, "first", "A-1", 100);
    sell(sale, "second", "A-1", askedAt);
    takeBack(sale, first, 200);
    sale.seats.set("A-1", "sold");
    t.same(found(sale), broken ? ["seat-sold-once: first,second"] : [], `asked for at ${askedAt}`);
  }
});

t.test("violations() finds a seat sold to a second one who gave it back", async (t) => {
  const sale = healthySale();
  sell(sale, "first", "A-1", 100);
  takeBack(sale, sell(sale, "second", "A-1", 150), 200);
  sale.seats.set("A-1", "sold");
  t.same(found(sale), ["seat-sold-once: first,second"]);
});

t.test("violations() tells seats of the same name in two concerts apart", async (t) => {
  const sale = healthySale();
  sell(sale, "here", "A-1", 100);
  sell(sale, "there", "A-1", 100, "matinee");
  sale.seats.set("A-1", "sold");
  const matinee = new Map([["A-1", "sold"] as const]);
  const seats = new Map([...(sale.facts().seatMap?.seats ?? []), ["matinee", matinee] as const]);
  t.same(found(sale, { seatMap: { seats } }), []);
});

t.test("violations() finds an end that was announced twice", async (t) => {
  const sale = healthySale();
  const expired = sale.events.find(({ event }) => event.type === "ReservationExpired");
  if (!expired) throw new Error("no end");
  logTo(sale, expired.event, "Expired: your reservation");
  t.same(found(sale), [`request-ended: ${expired.event.reservationId}`]);
});

t.test("violations() finds a reservation cancelled and charged again under another key", async (t) => {
  const sale = healthySale();
  takeBack(sale, sell(sale, "again", "A-1", 100), 200);
  t.same(found(sale), []);
  logTo(sale, {
    type: "PaymentCaptured",
    reservationId: "again",
    customerId: "c",
    chargeId: "ch-again",
    ...EUR,
  });
  t.same(found(sale), [], "the same charge announced again");
  sale.charges.push({ id: "ch-more", key: "other", reference: "again", amount: 4_500 });
  t.same(found(sale), ["money-answered: again", "charged-once: again"]);
});

t.test("violations() finds a confirmation that names another charge", async (t) => {
  const sale = healthySale();
  const [charge] = sale.charges.splice(0, 1);
  if (charge) sale.charges.push({ ...charge, id: "ch-unknown" });
  t.same(found(sale), ["money-answered: standing"]);
});

t.test(
  "violations() finds an accepted request of which the log has only the end, or only a letter",
  async (t) => {
    for (const forget of ["ReservationRequested", "everything"]) {
      const sale = healthySale();
      const gone = ({ event }: (typeof sale.events)[number]) =>
        event.reservationId === "poison" && (forget === "everything" || event.type === forget);
      for (const { id } of sale.events.filter(gone)) {
        sale.events.splice(
          sale.events.findIndex((one) => one.id === id),
          1,
        );
        sale.mails.splice(
          0,
          sale.mails.length,
          ...sale.mails.filter((mail) => !mail.messageId.includes(`<${id}@`)),
        );
      }
      // Its letter is one that nobody could have sown without the request.
      t.ok(found(sale).includes("request-ended: poison"), forget);
    }
  },
);

t.test(
  "violations() finds a refund that was made and not announced, or announced and not made",
  async (t) => {
    const forgetful = healthySale();
    forgetful.events.splice(
      forgetful.events.findIndex(
        ({ event }) => event.type === "PaymentRefunded" && event.reservationId === "refunded",
      ),
      1,
    );
    t.ok(found(forgetful).includes("money-answered: refunded"));
    forgetful.letters.push(letterOf("payment", "refunded", "handle", { reservationId: "refunded" }));
    t.notOk(found(forgetful).includes("money-answered: refunded"), "its letter names it");

    const inventive = healthySale();
    const who = { reservationId: "standing", customerId: "c", chargeId: "ch-standing" };
    logTo(
      inventive,
      { type: "PaymentRefunded", ...who, refundId: "re-none", ...EUR },
      "Refund for reservation",
    );
    t.same(found(inventive), ["money-answered: standing"]);
  },
);

t.test("violations() doesn't take the refund of another charge for this one's", async (t) => {
  const sale = healthySale();
  const index = sale.refunds.findIndex(({ charge }) => charge === "ch-cancelled");
  sale.refunds.splice(index, 1, { id: "re-cancelled", charge: "ch-refunded", amount: 4_500 });
  t.same(found(sale), ["money-answered: cancelled", "money-answered: refunded"]);
});

t.test("violations() excuses nothing by a letter that names another, or by a notice that died", async (t) => {
  for (const letter of [
    letterOf("settlement", "standing", "handle", { reservationId: "standing" }),
    letterOf("notification", "expired", "handle", { reservationId: "expired" }),
  ]) {
    const sale = healthySale();
    const index = sale.events.findIndex(
      ({ event }) => event.type === "ReservationExpired" && event.reservationId === "expired",
    );
    const [end] = sale.events.splice(index, 1);
    sale.mails.splice(
      sale.mails.findIndex(({ messageId }) => messageId.startsWith(`<${end?.id}@`)),
      1,
    );
    sale.charges.push({ id: "ch-expired", key: "expired:charge", reference: "expired", amount: 4_500 });
    sale.letters.push(letter);
    t.same(
      found(sale, { client: undefined }),
      ["money-answered: expired", "request-ended: expired"],
      letter.worker,
    );
  }
});

t.test("violations() excuses by a notice's letter that very notice only", async (t) => {
  const sale = healthySale();
  const idOf = (type: string) =>
    sale.events.find(({ event }) => event.type === type && event.reservationId === "refunded")?.id ?? "";
  const [confirmed, cancelled, refund] = [
    "ReservationConfirmed",
    "ReservationCancelled",
    "PaymentRefunded",
  ].map(idOf);
  const mail = sale.mails.findIndex(({ messageId }) => messageId.startsWith(`<${cancelled}@`));
  sale.mails.splice(mail, 1);
  for (const [recordId, excused] of [
    [cancelled, true],
    [confirmed, false],
    [refund, false],
  ] as const) {
    const letters = [letterOf("notification", "refunded", "handle", { recordId: String(recordId) })];
    t.same(
      found(sale, { letters, client: undefined }),
      excused ? [] : ["mail-true: refunded"],
      String(recordId),
    );
  }
});

t.test(
  "violations() judges a confirmation of which the log has no request, by younger ledgers too",
  async (t) => {
    const sale = healthySale();
    const event = { reservationId: "forged", customerId: "c", concertId: CONCERT, seats: ["A-1"], ...EUR };
    logTo(sale, { type: "ReservationConfirmed", ...event, chargeId: "ch-none" }, "Confirmed: your seats");
    sale.seats.set("A-1", "sold");
    t.ok(found(sale, { since: 1 }).includes("money-answered: forged"));
  },
);
