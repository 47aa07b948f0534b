import { Permanent } from "../_runtime/mod.ts";
import { type Decision, type EndEvent, eventsOf } from "./decision.ts";
import type { Reservation } from "./reservation.ts";
import type { SeatMap, Transition } from "./seat-map.ts";

/** Held by name, but a seat is another's: only after somebody wrote to Redis by hand. It then counts as lapsed. */
const LAPSE: Transition = { seats: "free", set: { state: "lapsed" } };

/** Each round means that another record came first; a reservation has only a handful of them. */
const MAX_ROUNDS = 8;

export interface Applied {
  readonly events: readonly EndEvent[];
  /** Why there are none. */
  readonly why: string | undefined;
}

/**
 * Carries out a decision by compare-and-set: decides on the state as it is found, and again when another record
 * came first.
 * @throws {Permanent} when it refuses the record
 * @throws {Error} (transient) while it can't be decided yet
 * @throws {Unavailable} from the seat map
 */
export async function applyDecision(
  seatMap: Pick<SeatMap, "find" | "move">,
  options: { readonly reservationId: string; readonly id: string; readonly signal: AbortSignal },
  decide: (reservation: Reservation | undefined) => Decision | Promise<Decision>,
): Promise<Applied> {
  const { reservationId, id, signal } = options;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    signal.throwIfAborted();
    const reservation = await seatMap.find(reservationId);
    const decision = await decide(reservation);
    if (decision.kind === "refuse")
      throw new Permanent(`Cannot apply record to its reservation: ${decision.why}`);
    if (decision.kind === "wait") throw new Error(`Cannot decide yet: ${decision.why}`);
    if (decision.kind === "nothing" || reservation === undefined)
      return { events: [], why: decision.kind === "nothing" ? decision.why : "unknown reservation" };
    if (decision.kind === "again") return { events: eventsOf(reservation, id), why: undefined };
    const outcome = await seatMap.move(reservation, decision.to);
    if (outcome === "moved")
      return { events: eventsOf({ ...reservation, ...decision.to.set }, id), why: undefined };
    if (outcome === "lost") await seatMap.move(reservation, LAPSE);
  }
  throw new Error(`Cannot settle reservation '${reservationId}' as it changed ${MAX_ROUNDS} times meanwhile`);
}
