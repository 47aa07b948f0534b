import t from "tap";
import { violations } from "../../../scripts/invariants/check.ts";
import type { InvariantName } from "../../../scripts/invariants/violation.ts";
import { healthySale, letterOf, logTo, type Sale } from "./facts.ts";

const EUR = { amount: 4_500, currency: "EUR" };
const told = (sale: Sale, type: string, reservationId: string) => {
  const found = sale.events.find(({ event }) => event.type === type && event.reservationId === reservationId);
  if (!found) throw new Error(`no ${type} of ${reservationId}`);
  return found;
};
const drop = <T>(list: T[], which: (item: T) => boolean) => {
  const index = list.findIndex(which);
  if (index < 0) throw new Error("nothing to drop");
  list.splice(index, 1);
};
const mailOf = (sale: Sale, type: string, reservationId: string) => {
  const { id } = told(sale, type, reservationId);
  return (mail: { messageId: string }) => mail.messageId.startsWith(`<${id}@`);
};

t.test("violations() finds none in a sale where every invariant holds", async (t) => {
  t.same(violations(healthySale().facts()), []);
});

/** One way to break the sale by hand, and what must be said of it. */
interface Break {
  readonly how: string;
  readonly invariant: InvariantName;
  readonly by: (sale: Sale) => void;
  /** Reservation, seat or evidence that must be named. */
  readonly names: string;
}

const breaks: Break[] = [
  {
    how: "a seat confirmed twice",
    invariant: "seat-sold-once",
    names: "standing-2",
    by: (sale) => {
      const event = {
        reservationId: "declined",
        customerId: "c",
        concertId: "opening-night",
        chargeId: "ch-declined",
        ...EUR,
      };
      drop(sale.events, ({ event }) => event.type === "ReservationRejected");
      logTo(sale, { type: "ReservationConfirmed", ...event, seats: ["standing-2"] });
    },
  },
  {
    how: "a seat sold in the log and free in the seat map",
    invariant: "seat-sold-once",
    names: "standing-1",
    by: (sale) => sale.seats.delete("standing-1"),
  },
  {
    how: "a seat sold in the seat map only",
    invariant: "seat-sold-once",
    names: "R9-9",
    by: (sale) => sale.seats.set("R9-9", "sold"),
  },
  {
    how: "a second charge in the ledger",
    invariant: "charged-once",
    names: "ch-second",
    by: (sale) => sale.charges.push({ id: "ch-second", key: "other", reference: "standing", amount: 4_500 }),
  },
  {
    how: "a captured payment that ends nowhere",
    invariant: "money-answered",
    names: "ch-expired",
    by: (sale) =>
      sale.charges.push({ id: "ch-expired", key: "expired:charge", reference: "expired", amount: 4_500 }),
  },
  {
    how: "a charge for a reservation that nobody knows",
    invariant: "money-answered",
    names: "ch-stray",
    by: (sale) => sale.charges.push({ id: "ch-stray", key: "k", reference: "stray", amount: 4_500 }),
  },
  {
    how: "a refund of a standing reservation",
    invariant: "money-answered",
    names: "re-x",
    by: (sale) => sale.refunds.push({ id: "re-x", charge: "ch-standing", amount: 4_500 }),
  },
  {
    how: "a second refund",
    invariant: "money-answered",
    names: "re-x",
    by: (sale) => sale.refunds.push({ id: "re-x", charge: "ch-cancelled", amount: 4_500 }),
  },
  {
    how: "a second refund that the log and the customer know of",
    invariant: "money-answered",
    names: "re-x",
    by: (sale) => {
      const refund = {
        reservationId: "cancelled",
        customerId: "c",
        chargeId: "ch-cancelled",
        refundId: "re-x",
      };
      sale.refunds.push({ id: "re-x", charge: "ch-cancelled", amount: 4_500 });
      logTo(sale, { type: "PaymentRefunded", ...refund, ...EUR }, "Refund for reservation");
    },
  },
  {
    how: "a refund of half the charge",
    invariant: "money-answered",
    names: "ch-cancelled",
    by: (sale) =>
      sale.refunds.splice(
        0,
        2,
        { id: "re-cancelled", charge: "ch-cancelled", amount: 1 },
        { id: "re-refunded", charge: "ch-refunded", amount: 4_500 },
      ),
  },
  {
    how: "a refund of a charge that never was",
    invariant: "money-answered",
    names: "re-x",
    by: (sale) => sale.refunds.push({ id: "re-x", charge: "ch-none", amount: 4_500 }),
  },
  {
    how: "a confirmation without a charge",
    invariant: "money-answered",
    names: "standing",
    by: (sale) => drop(sale.charges, ({ reference }) => reference === "standing"),
  },
  {
    how: "a charge of another amount than asked",
    invariant: "money-answered",
    names: "ch-standing",
    by: (sale) => {
      drop(sale.charges, ({ reference }) => reference === "standing");
      sale.charges.push({ id: "ch-standing", key: "standing:charge", reference: "standing", amount: 1 });
    },
  },
  {
    how: "a request lost on its way to an end",
    invariant: "request-ended",
    names: "expired",
    by: (sale) => drop(sale.events, (logged) => logged === told(sale, "ReservationExpired", "expired")),
  },
  {
    how: "an accepted request that is not in the log",
    invariant: "request-ended",
    names: "gone",
    by: (sale) => sale.accepted.push({ reservationId: "gone", fan: 77, card: "tok_good", seats: ["A-1"] }),
  },
  {
    how: "a reservation that expired after its confirmation",
    invariant: "request-ended",
    names: "standing",
    by: (sale) => {
      const { event } = told(sale, "ReservationExpired", "expired");
      logTo(sale, { ...event, reservationId: "standing" }, "Expired: your reservation");
    },
  },
  {
    how: "a last mail that is not the truth",
    invariant: "mail-true",
    names: "refunded",
    by: (sale) => {
      const confirmed = sale.mails.find(mailOf(sale, "ReservationConfirmed", "refunded"));
      if (!confirmed) throw new Error("no mail to move");
      drop(sale.mails, (mail) => mail === confirmed);
      sale.mails.push(confirmed);
    },
  },
  {
    how: "an end of which nobody was told",
    invariant: "mail-true",
    names: "declined",
    by: (sale) => drop(sale.mails, mailOf(sale, "ReservationRejected", "declined")),
  },
  {
    how: "a refund of which nobody was told",
    invariant: "mail-true",
    names: "cancelled",
    by: (sale) => drop(sale.mails, mailOf(sale, "PaymentRefunded", "cancelled")),
  },
  {
    how: "a mail whose words are another event's",
    invariant: "mail-true",
    names: "standing",
    by: (sale) => {
      const { id } = told(sale, "ReservationConfirmed", "standing");
      drop(sale.mails, mailOf(sale, "ReservationConfirmed", "standing"));
      sale.mails.push({ messageId: `<${id}@x>`, subject: "Cancelled: your reservation" });
    },
  },
  {
    how: "a mail about nothing in the log",
    invariant: "mail-true",
    names: "<reservations-7-7@x>",
    by: (sale) => sale.mails.push({ messageId: "<reservations-7-7@x>", subject: "Confirmed: your seats" }),
  },
  {
    how: "a mail repeated without a kill",
    invariant: "mail-true",
    names: "Confirmed: again",
    by: (sale) =>
      sale.mails.push(
        { messageId: "Confirmed: again", subject: "" },
        { messageId: "Confirmed: again", subject: "" },
      ),
  },
  {
    how: "a sown record that is no dead letter",
    invariant: "letters-sown",
    names: "sown-1",
    by: (sale) => drop(sale.letters, ({ worker, key }) => worker === "settlement" && key === "sown-1"),
  },
  {
    how: "a sown record that is two dead letters",
    invariant: "letters-sown",
    names: "sown-2",
    by: (sale) => sale.letters.push(letterOf("payment", "sown-2", "decode")),
  },
  {
    how: "a dead letter that nobody sowed",
    invariant: "letters-sown",
    names: "standing",
    by: (sale) => sale.letters.push(letterOf("settlement", "standing", "handle", { reason: "a bug" })),
  },
  {
    how: "a poison card without its dead letter",
    invariant: "letters-sown",
    names: "poison",
    by: (sale) => drop(sale.letters, ({ key }) => key === "poison"),
  },
];

for (const { how, invariant, names, by } of breaks) {
  t.test(`violations() finds ${how}`, async (t) => {
    const sale = healthySale();
    by(sale);
    const found = violations(sale.facts()).filter((violation) => violation.invariant === invariant);
    const named = found.flatMap(({ reservations, seats, evidence }) => [
      ...reservations,
      ...seats,
      ...evidence,
    ]);
    t.ok(named.includes(names), `${names} is named in: ${JSON.stringify(found)}`);
    t.ok(found.every(({ what }) => what.length > 10));
  });
}

t.test("violations() owes a poison card one letter for each time its request is in the log", async (t) => {
  const sale = healthySale();
  sale.letters.push(letterOf("payment", "poison", "handle"));
  t.match(violations(sale.facts()), [{ invariant: "letters-sown", evidence: ["poison"] }]);
  logTo(sale, told(sale, "ReservationRequested", "poison").event);
  t.same(violations(sale.facts()), [], "an intake that never heard of its first publish published again");
});

t.test(
  "violations() takes an open dead letter's name for an unended request or unanswered money",
  async (t) => {
    const sale = healthySale();
    drop(sale.events, (logged) => logged === told(sale, "ReservationExpired", "expired"));
    drop(sale.mails, ({ subject }) => subject.startsWith("Expired:"));
    sale.charges.push({ id: "ch-expired", key: "expired:charge", reference: "expired", amount: 4_500 });
    sale.letters.push(
      letterOf("settlement", "reservation is in the value", "handle", { reservationId: "expired" }),
    );
    const names = () => violations(sale.facts()).map(({ invariant }) => invariant);
    t.notOk(names().includes("request-ended"));
    t.notOk(names().includes("money-answered"));
    const closed = sale.letters.pop();
    if (closed) sale.letters.push({ ...closed, open: false });
    t.ok(names().includes("request-ended"), "a letter that was dealt with excuses nothing");
    t.ok(names().includes("money-answered"));
  },
);

t.test("violations() allows one repeat of a mail per kill", async (t) => {
  const sale = healthySale();
  const mail = sale.mails.find(mailOf(sale, "ReservationConfirmed", "standing"));
  if (mail) sale.mails.push(mail);
  t.match(violations(sale.facts()), [{ invariant: "mail-true" }]);
  t.same(violations(sale.facts(1)), []);
});

t.test("violations() doesn't ask for a poison letter when the charge was barred", async (t) => {
  const sale = healthySale();
  drop(sale.letters, ({ key }) => key === "poison");
  logTo(sale, { type: "PaymentDeclined", reservationId: "poison", customerId: "c", reason: "TOO_LATE" });
  t.same(violations(sale.facts()), []);
});

t.test("violations() allows, and doesn't demand, a letter of a card that fails every charge", async (t) => {
  const sale = healthySale();
  const requested = told(sale, "ReservationRequested", "expired");
  if (requested.event.type !== "ReservationRequested") throw new Error("not a request");
  const event = { ...requested.event, card: "tok_failing" };
  sale.events.splice(sale.events.indexOf(requested), 1, { ...requested, event });
  t.same(violations(sale.facts()), []);
  sale.letters.push(letterOf("payment", "expired", "handle", { reservationId: "expired" }));
  t.same(violations(sale.facts()), []);
});

t.test("violations() doesn't ask younger ledgers about older reservations", async (t) => {
  const sale = healthySale();
  sale.mails.splice(0);
  sale.charges.splice(0);
  sale.refunds.splice(0);
  sale.sown.splice(0);
  sale.accepted.splice(0);
  t.ok(violations(sale.facts()).length > 0);
  t.same(violations({ ...sale.facts(), since: 1e15 }), []);
});

t.test("violations() judges only what is known: no client ledger, no mail ledger, no seat map", async (t) => {
  const sale = healthySale();
  sale.mails.splice(0);
  sale.seats.clear();
  sale.letters.push(letterOf("settlement", "standing", "handle"));
  const facts = { ...sale.facts(), mails: undefined, client: undefined, seatMap: undefined };
  t.same(violations(facts), []);
});
