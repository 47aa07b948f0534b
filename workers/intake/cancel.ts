import type { Reservation } from "../_seats/mod.ts";
import type { Desk } from "./desk.ts";
import { Problem } from "./problem.ts";
import { publishOutcome } from "./publish-outcome.ts";

/**
 * Puts the wish to cancel on record; settlement decides. Repeating it is harmless, and once it is fulfilled there
 * is nothing more to record.
 * @throws {Problem}
 * @throws {Unavailable} while the seat map is away
 */
export async function cancel(client: string, reservationId: string, desk: Desk): Promise<Reservation> {
  const reservation = await desk.seatMap.find(reservationId);
  // Another's reservation is as unknown as none: the answer tells nobody which ids exist.
  if (reservation?.customerId !== client)
    throw new Problem("unknown-reservation", `This client has no reservation '${reservationId}'`);
  const { state, concertId } = reservation;
  if (state === "cancelled") return reservation;
  if (state !== "held" && state !== "sold")
    throw new Problem("ended", `The reservation has ended: ${state}`, { extras: { state } });
  const cutOffAt = (await desk.concert(concertId))?.cutOffAt;
  if (state === "sold" && cutOffAt !== undefined && cutOffAt <= Date.now())
    throw new Problem(
      "cut-off-passed",
      `Sold seats could be cancelled until ${new Date(cutOffAt).toISOString()}`,
    );
  const outcome = await publishOutcome(desk, {
    type: "CancellationRequested",
    reservationId,
    customerId: client,
    requestedAt: Date.now(),
  });
  if (outcome.kind === "recorded") return reservation;
  desk.log.warn({ reservation: reservationId, outcome: outcome.kind, err: outcome.error }, "publish failed");
  if (outcome.kind === "unknown")
    throw new Problem("outcome-unknown", "Whether the cancellation is on record is not known", {
      retryAfter: 1,
      cause: outcome.error,
    });
  throw new Problem("not-published", "The cancellation could not be put on record; nothing has changed", {
    retryAfter: 2,
    cause: outcome.error,
  });
}
