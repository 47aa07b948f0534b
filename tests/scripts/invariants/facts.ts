import type { BusinessEvent, Facts, Letter } from "../../../scripts/invariants/facts.ts";

const CONCERT = "opening-night";
const PRICE = 4_500;

type Ending = "standing" | "cancelled" | "refunded" | "declined" | "expired" | "poison";

interface Built {
  events: Facts["events"][number][];
  letters: Letter[];
  seats: Map<string, "held" | "sold">;
  charges: Facts["charges"][number][];
  refunds: Facts["refunds"][number][];
  mails: NonNullable<Facts["mails"]>[number][];
  accepted: NonNullable<Facts["client"]>["accepted"][number][];
  sown: NonNullable<Facts["client"]>["sown"][number][];
}

/** A whole sale in which every invariant holds: `readonly` taken off, so that tests can break it by hand. */
export interface Sale extends Built {
  facts(kills?: number): Facts;
}

/** One reservation of each ending, named after it; each has the two seats `<ending>-1` and `<ending>-2`. */
export function healthySale(): Sale {
  const built: Built = {
    events: [],
    letters: [],
    seats: new Map(),
    charges: [],
    refunds: [],
    mails: [],
    accepted: [],
    sown: [],
  };
  for (const ending of ["standing", "cancelled", "refunded", "declined", "expired", "poison"] as const)
    live(built, ending);
  built.sown.push({ sown: "short", key: "sown-1" }, { sown: "truncated", key: "sown-2" });
  for (const worker of ["payment", "settlement"]) built.letters.push(letterOf(worker, "sown-1", "frame"));
  built.letters.push(letterOf("payment", "sown-2", "decode"));
  const { events, letters, charges, refunds, mails, accepted, sown, seats } = built;
  return {
    ...built,
    facts: (kills = 0) => ({
      events,
      letters,
      readers: [
        { worker: "payment", records: ["ReservationRequested", "CancellationRequested"] },
        { worker: "settlement", records: ["CancellationRequested"] },
      ],
      seatMap: { seats: new Map([[CONCERT, seats]]) },
      charges,
      refunds,
      mails,
      client: { accepted, sown },
      since: 0,
      kills,
    }),
  };
}

let serial = 0;

export function letterOf(worker: string, key: string, stage: string, more: Partial<Letter> = {}): Letter {
  serial += 1;
  return {
    id: `reservations.${worker}.dlq-0-${serial}`,
    time: serial,
    worker,
    recordId: `reservations-0-${9_000 + serial}`,
    key,
    record: undefined,
    reservationId: undefined,
    stage,
    error: "Permanent",
    reason: "sown",
    open: true,
    ...more,
  };
}

/** Adds the event to the log; a mail tells of it when it is one that customers hear of. */
export function logTo(
  built: Pick<Built, "events" | "mails">,
  event: BusinessEvent,
  subject?: string,
): string {
  const topic = event.type.startsWith("Payment") ? "payments" : "reservations";
  serial += 1;
  const id = `${topic}-0-${serial}`;
  built.events.push({ id, time: serial, event });
  if (subject !== undefined) built.mails.push({ messageId: `<${id}@boxoffice.example>`, subject });
  return id;
}

function live(built: Built, reservationId: Ending): void {
  const seats = [`${reservationId}-1`, `${reservationId}-2`];
  const who = { reservationId, customerId: `c-${reservationId}` };
  const what = { ...who, concertId: CONCERT, seats };
  const money = { amount: PRICE, currency: "EUR" };
  const chargeId = `ch-${reservationId}`;
  const card = reservationId === "poison" ? "tok_poison" : "tok_good";
  built.accepted.push({ reservationId, fan: built.accepted.length, card, seats });
  logTo(built, { type: "ReservationRequested", ...what, ...money, card, requestedAt: 0, holdUntil: 1 });
  const charged = ["standing", "cancelled", "refunded"].includes(reservationId);
  if (charged) {
    built.charges.push({
      id: chargeId,
      key: `${reservationId}:charge`,
      reference: reservationId,
      amount: PRICE,
    });
    logTo(built, { type: "PaymentCaptured", ...who, chargeId, ...money });
  }
  const refund = () => {
    built.refunds.push({ id: `re-${reservationId}`, charge: chargeId, amount: PRICE });
    const event = { ...who, chargeId, refundId: `re-${reservationId}`, ...money };
    logTo(built, { type: "PaymentRefunded", ...event }, `Refund for reservation ${reservationId}`);
  };
  switch (reservationId) {
    case "standing":
    case "refunded":
      logTo(built, { type: "ReservationConfirmed", ...what, ...money, chargeId }, "Confirmed: your seats");
      if (reservationId === "standing") {
        for (const seat of seats) built.seats.set(seat, "sold");
        return;
      }
      logTo(built, { type: "ReservationCancelled", ...what, afterSale: true }, "Cancelled: your reservation");
      refund();
      return;
    case "cancelled":
      logTo(
        built,
        { type: "ReservationCancelled", ...what, afterSale: false },
        "Cancelled: your reservation",
      );
      refund();
      return;
    case "declined":
      logTo(built, { type: "PaymentDeclined", ...who, reason: "DECLINED" });
      logTo(
        built,
        { type: "ReservationRejected", ...what, reason: "DECLINED" },
        "Not confirmed: your reservation",
      );
      return;
    case "poison":
      built.letters.push(letterOf("payment", reservationId, "handle", { reservationId }));
      logTo(built, { type: "ReservationExpired", ...what, ...money }, "Expired: your reservation");
      return;
    case "expired":
      logTo(built, { type: "ReservationExpired", ...what, ...money }, "Expired: your reservation");
  }
}
