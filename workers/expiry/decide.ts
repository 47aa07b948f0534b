import type { HoldDue } from "../../schemas/types.ts";
import { type Decision, isMaker, type Reservation } from "../_seats/mod.ts";

/** The deadline passed: an unpaid hold goes free; one that lost its seats before gets its end. */
export function decideHoldDue(reservation: Reservation | undefined, event: HoldDue, id: string): Decision {
  if (reservation === undefined) return { kind: "wait", why: "the seat map doesn't know the reservation" };
  if (isMaker(reservation, id)) return { kind: "again" };
  const { state, holdUntil } = reservation;
  if (state !== "held" && state !== "lapsed") return { kind: "nothing", why: `it is ${state} already` };
  // A timer of an earlier request under the same id, which failed to be published for all that intake knew.
  if (event.holdUntil < holdUntil) return { kind: "nothing", why: "the hold has a later deadline" };
  return { kind: "move", to: { seats: "free", set: { state: "expired", endedBy: id } } };
}
