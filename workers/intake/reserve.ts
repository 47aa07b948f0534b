import { quote, type Reservation, requestHash } from "../_seats/mod.ts";
import type { Desk } from "./desk.ts";
import type { ReservationRequest } from "./messages.ts";
import { Problem } from "./problem.ts";
import { publishOutcome } from "./publish-outcome.ts";
import { reservationIdOf } from "./reservation-id.ts";

export interface Reserving {
  readonly client: string;
  readonly idempotencyKey: string;
  readonly request: ReservationRequest;
}

/**
 * Holds the seats and puts the request on record; a repeat under the same key gives the same reservation and
 * publishes again unless the log is known to have it. Two records of one request are harmless: the gateway knows
 * the charge by its key, expiry its timer by the job's id, and the seat map the reservation by its id.
 * @throws {Problem}
 * @throws {Unavailable} while the seat map or the address store is away
 */
export async function reserve(
  { client, idempotencyKey, request }: Reserving,
  desk: Desk,
): Promise<Reservation> {
  const { concertId, seats, card, email } = request;
  const concert = await desk.concert(concertId);
  if (concert === undefined) throw new Problem("unknown-concert", `There is no concert '${concertId}'`);
  const price = quote(concert, seats);
  if (price.kind === "unknown")
    throw new Problem("unknown-seats", `The hall has no seats ${price.seats.join(", ")}`, {
      extras: { seats: price.seats },
    });
  const { amount, currency } = price;
  const reservationId = reservationIdOf(client, idempotencyKey);
  const held = await desk.seatMap.hold({
    reservationId,
    customerId: client,
    concertId,
    seats,
    amount,
    currency,
    holdUntil: Date.now() + desk.holdMs,
    bodyHash: requestHash({ customerId: client, concertId, seats, card }),
  });
  switch (held.kind) {
    case "taken":
      throw new Problem("taken", `Seats ${held.seats.join(", ")} are taken; nothing was reserved`, {
        extras: { seats: held.seats },
      });
    case "conflict":
      throw new Problem("key-reused", "This Idempotency-Key belongs to a request with another body", {
        extras: { reservationId },
      });
    case "ended":
      return held.reservation;
    case "held":
      if (!held.published) await record(held, { card, email }, desk);
      return held.reservation;
  }
}

/** Puts a hold on record: the address first, so that no notice can come before it. */
async function record(
  held: { readonly reservation: Reservation; readonly generation: string },
  { card, email }: Pick<ReservationRequest, "card" | "email">,
  desk: Desk,
): Promise<void> {
  const { reservationId, customerId, concertId, seats, amount, currency, requestedAt, holdUntil } =
    held.reservation;
  if (email !== undefined) {
    try {
      await desk.addresses.put(customerId, email);
    } catch (error) {
      await settle("release", held, desk);
      throw error;
    }
  }
  const outcome = await publishOutcome(desk, {
    type: "ReservationRequested",
    reservationId,
    customerId,
    concertId,
    seats: [...seats],
    amount,
    currency,
    card,
    requestedAt,
    holdUntil,
  });
  if (outcome.kind === "recorded") return settle("published", held, desk);
  desk.log.warn({ reservation: reservationId, outcome: outcome.kind, err: outcome.error }, "publish failed");
  if (outcome.kind === "unknown")
    throw new Problem(
      "outcome-unknown",
      "The seats are held, whether the request is on record is not known",
      {
        extras: { reservationId },
        retryAfter: 1,
        cause: outcome.error,
      },
    );
  await settle("release", held, desk);
  throw new Problem("not-published", "The request could not be put on record; nothing was reserved", {
    extras: { reservationId },
    retryAfter: 2,
    cause: outcome.error,
  });
}

/**
 * Tells the seat map how the publish ended. Failing to is harmless: without `published` a repeat publishes once
 * more, without `release` the hold lapses at its deadline.
 */
async function settle(
  how: "published" | "release",
  { reservation, generation }: { readonly reservation: Reservation; readonly generation: string },
  desk: Desk,
): Promise<void> {
  try {
    await desk.seatMap[how](reservation.reservationId, generation);
  } catch (error) {
    desk.log.warn(
      { reservation: reservation.reservationId, how, err: error },
      "seat map not told of a publish",
    );
  }
}
