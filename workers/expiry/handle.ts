import { reservations } from "../../schemas/topics.ts";
import type { HoldDue, ReservationConfirmed, ReservationRequested } from "../../schemas/types.ts";
import type { HandlerContext, Timers } from "../_runtime/mod.ts";
import {
  applyDecision,
  type HoldTimer,
  holdTimer,
  holdTimers,
  requestHash,
  type SeatMap,
} from "../_seats/mod.ts";
import { decideHoldDue } from "./decide.ts";

export type ExpiryContext = Pick<HandlerContext, "emit" | "id" | "log" | "signal"> & {
  readonly seatMap: Pick<SeatMap, "find" | "move" | "adopt" | "announced">;
  readonly timers: Pick<Timers<HoldTimer>, "schedule" | "cancel">;
};

/** Every request gets a timer; when it goes off, what was not paid for goes free. */
export async function handle(
  event: ReservationRequested | HoldDue | ReservationConfirmed,
  context: ExpiryContext,
): Promise<void> {
  const { emit, id, log, signal, seatMap, timers } = context;
  const { reservationId } = event;
  if (event.type === "ReservationRequested") {
    const reservation = await seatMap.adopt({ ...event, bodyHash: requestHash(event) });
    return await timers.schedule(holdTimers([reservation]));
  }
  if (event.type === "ReservationConfirmed") {
    const reservation = await seatMap.announced(reservationId);
    if (reservation === undefined)
      throw new Error("Cannot mark the confirmation as the seat map doesn't know the reservation");
    return await timers.cancel(holdTimer(reservation).id);
  }
  const { events, why } = await applyDecision(seatMap, { reservationId, id, signal }, (reservation) =>
    decideHoldDue(reservation, event, id),
  );
  if (why !== undefined) log.debug({ reservationId, why }, "Nothing to expire");
  for (const end of events) emit(reservations, end);
}
