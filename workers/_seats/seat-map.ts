import type { Concert } from "../../schemas/types.ts";
import type { Reservation, ReservationState } from "./reservation.ts";

export interface HoldRequest {
  readonly reservationId: string;
  readonly customerId: string;
  readonly concertId: string;
  /** 1 to 8 different ones that the hall has. */
  readonly seats: readonly string[];
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** Epoch milliseconds. */
  readonly holdUntil: number;
  /** From `requestHash`. */
  readonly bodyHash: string;
}

export type HoldResult =
  /**
   * The seats are held for it. Publish `reservation` exactly as it stands here (a retry gets the first
   * request's times and amount) unless `published` says that it is in the log already. `generation` goes back
   * with `published` and `release`.
   */
  | {
      readonly kind: "held";
      readonly reservation: Reservation;
      /** False: a request of the same id held them before. */
      readonly fresh: boolean;
      readonly published: boolean;
      readonly generation: string;
    }
  /** Nothing was held; these are another's. */
  | { readonly kind: "taken"; readonly seats: readonly string[] }
  /** The id is known with another body. */
  | { readonly kind: "conflict" }
  /** The same request, already past the hold: sold, or over. */
  | {
      readonly kind: "ended";
      readonly state: Exclude<ReservationState, "held">;
      readonly reservation: Reservation;
    };

export interface SeatsView {
  /** Hand it back as `since` for what changed from here on. */
  readonly version: string;
  /** True: every seat that isn't free; false: only what changed, `free` included. */
  readonly full: boolean;
  readonly seats: Readonly<Record<string, "free" | "held" | "sold">>;
}

/**
 * Who has which seat, in Redis; the log is the truth. Every call checks the generation and throws
 * `Unavailable("redis", …)` while Redis is away or the map is not the one that this connection knows: intake
 * answers 503, workers pause by their breaker.
 */
export interface SeatMap {
  /** All seats or none, in one script. */
  hold(request: HoldRequest): Promise<HoldResult>;
  /** The broker has the request: nobody publishes it again or releases it. */
  published(reservationId: string, generation: string): Promise<void>;
  /**
   * The publish certainly failed: back to nothing, unless another attempt at the same reservation is still
   * under way or its outcome unknown. Never call it after an unknown outcome.
   */
  release(reservationId: string, generation: string): Promise<void>;
  find(reservationId: string): Promise<Reservation | undefined>;
  /** All seats of a concert; with `since` only what changed. */
  seats(concertId: string, since?: string): Promise<SeatsView>;
  /** The catalogue beside the seats: what the newest `concerts` record said. */
  concert(concertId: string): Promise<Concert | undefined>;
  concertIds(): Promise<readonly string[]>;
  /** True while the map is open for this connection; never throws. For readiness. */
  isOpen(): Promise<boolean>;
}
