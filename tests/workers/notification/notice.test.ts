import t from "tap";
import { formatAmount } from "../../../workers/notification/amount.ts";
import { mailOf } from "../../../workers/notification/mail.ts";
import { type NoticeEvent, noticeOf } from "../../../workers/notification/notice.ts";

const base = { reservationId: "r1", customerId: "c-secret", concertId: "gala", seats: ["A-1", "A-2"] };
const paid = { amount: 18_050, currency: "EUR" };

const cases: readonly [NoticeEvent, subject: string, says: RegExp, saysNot: RegExp][] = [
  [
    { type: "ReservationConfirmed", ...base, ...paid, chargeId: "ch" },
    "Confirmed: your seats for gala",
    /seats are yours.*A-1, A-2.*€180\.50/s,
    /free again/,
  ],
  [
    { type: "ReservationRejected", ...base, reason: "DECLINED" },
    "Not confirmed: your reservation for gala",
    /declined.*Nothing was charged/s,
    /yours/,
  ],
  [
    { type: "ReservationRejected", ...base, reason: "SEATS_GONE" },
    "Not confirmed: your reservation for gala",
    /somebody else.*given back/s,
    /Nothing was charged/,
  ],
  [
    { type: "ReservationRejected", ...base, reason: "TOO_LATE" },
    "Not confirmed: your reservation for gala",
    /in time.*Nothing was charged/s,
    /yours/,
  ],
  [
    { type: "ReservationExpired", ...base, ...paid },
    "Expired: your reservation for gala",
    /deadline.*free again/s,
    /yours/,
  ],
  [
    { type: "ReservationCancelled", ...base, afterSale: true },
    "Cancelled: your reservation for gala",
    /is being given back/,
    /yours/,
  ],
  [
    { type: "ReservationCancelled", ...base, afterSale: false },
    "Cancelled: your reservation for gala",
    /If your card is charged/,
    /is being given back/,
  ],
  [
    {
      type: "PaymentRefunded",
      reservationId: "r1",
      customerId: "c-secret",
      chargeId: "ch",
      refundId: "re",
      ...paid,
    },
    "Refund for reservation r1",
    /gave back €180\.50/,
    /seat/,
  ],
];

for (const [event, subject, says, saysNot] of cases) {
  t.test(`noticeOf() tells a ${event.type} ${"reason" in event ? event.reason : ""}`, async (t) => {
    const notice = noticeOf(event);
    const text = notice.paragraphs.join("\n");
    t.equal(notice.subject, subject);
    t.match(text, says);
    t.notMatch(text, saysNot);
    t.match(text + notice.subject, /r1/, "names the reservation");
    t.notMatch(text + notice.subject, /c-secret/);
  });
}

t.test("mailOf() has the record's identity and time, and escapes its HTML", async (t) => {
  const notice = { subject: "s", paragraphs: ["one <b>", "two & three"] };
  const mail = mailOf(
    notice,
    "a@b.example",
    { id: "reservations-3-17", time: 5 },
    "Box <tickets@box.example>",
  );
  t.equal(mail.messageId, "<reservations-3-17@box.example>");
  t.equal(mail.date.getTime(), 5);
  t.equal(mail.text, "one <b>\n\ntwo & three\n");
  t.match(mail.html, "<p>one &lt;b&gt;</p><p>two &amp; three</p>");
  t.equal(mailOf(notice, "a@b.example", { id: "x", time: 5 }, "nobody").messageId, "<x@boxoffice.invalid>");
});

t.test("formatAmount() knows a currency's minor units, and survives no currency", async (t) => {
  t.equal(formatAmount(9_050, "EUR"), "€90.50");
  t.equal(formatAmount(9_050, "JPY"), "¥9,050");
  t.equal(formatAmount(9_050, "BHD").replace(/\s/, " "), "BHD 9.050");
  t.equal(formatAmount(9_050, "money"), "9050 money (minor units)");
});
