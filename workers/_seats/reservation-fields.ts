import type { Reservation, ReservationState } from "./reservation.ts";

const STATES = ["held", "sold", "expired", "declined", "cancelled", "lapsed"] as const;
const REASONS = ["DECLINED", "TOO_LATE", "SEATS_GONE"] as const;

/** A reservation from its hash as scripts answer it: name, value, name, value. */
export function reservationOf(
  reservationId: string,
  flat: readonly string[],
  generation: string,
): Reservation {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(flat[at] ?? "", flat[at + 1] ?? "");
  const text = (name: string) => fields.get(name) ?? "";
  const optional = (name: string) => fields.get(name) || undefined;
  const state: ReservationState | undefined = STATES.find((known) => known === text("state"));
  if (state === undefined)
    throw new TypeError(
      `Cannot read reservation '${reservationId}' as its state must be one of ${STATES.join(", ")}: current value is '${text("state")}'`,
    );
  return {
    reservationId,
    customerId: text("customerId"),
    concertId: text("concertId"),
    seats: seatNames(text("seats")),
    amount: Number(text("amount")),
    currency: text("currency"),
    requestedAt: Number(text("requestedAt")),
    holdUntil: Number(text("holdUntil")),
    bodyHash: text("bodyHash"),
    state,
    reason: REASONS.find((known) => known === text("reason")),
    published: text("published") === "1",
    announced: text("announced") === "1",
    chargeId: optional("chargeId"),
    soldBy: optional("soldBy"),
    endedBy: optional("endedBy"),
    refundBy: optional("refundBy"),
    revision: Number(text("revision")),
    generation,
  };
}

/** What a hold stores beside what its script sets itself. */
export function requestFields(request: {
  readonly customerId: string;
  readonly amount: number;
  readonly currency: string;
  readonly requestedAt: number;
  readonly holdUntil: number;
}): string[] {
  const { customerId, amount, currency, requestedAt, holdUntil } = request;
  return [
    ...["customerId", customerId, "amount", String(amount), "currency", currency],
    ...["requestedAt", String(requestedAt), "holdUntil", String(holdUntil)],
  ];
}

/** What a rebuild writes: every field, the absent ones left out. */
export function restoredFields(reservation: Reservation): string[] {
  const { reservationId: _, generation: __, seats, published, announced, ...rest } = reservation;
  const fields = [
    ...["seats", JSON.stringify(seats), "pending", "0"],
    ...["published", published ? "1" : "0", "announced", announced ? "1" : "0"],
  ];
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) fields.push(name, String(value));
  return fields;
}

function seatNames(json: string): string[] {
  const seats: unknown = JSON.parse(json);
  if (!Array.isArray(seats)) throw new TypeError(`Cannot read seats: current value is '${json}'`);
  return seats.map(String);
}
