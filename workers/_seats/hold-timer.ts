import type { Timer } from "../_runtime/mod.ts";
import type { Reservation } from "./reservation.ts";

/** Name of the timers' queue: expiry handles it, a rebuild fills it again. */
export const HOLD_TIMERS = "hold-due";

export interface HoldTimer {
  readonly reservationId: string;
  /** Epoch milliseconds. */
  readonly holdUntil: number;
}

/**
 * The deadline is part of the id: a request that was repeated under the same id with a later one has a timer of
 * its own.
 */
export function holdTimer({ reservationId, holdUntil }: HoldTimer): Timer<HoldTimer> {
  return { id: `${reservationId}-${holdUntil}`, at: holdUntil, data: { reservationId, holdUntil } };
}

/** Timers of those that wait for their end. */
export function holdTimers(reservations: readonly Reservation[]): Timer<HoldTimer>[] {
  return reservations.filter(({ state }) => state === "held" || state === "lapsed").map(holdTimer);
}
