import type { Logger } from "pino";
import type { CancellationRequested, Concert, ReservationRequested } from "../../schemas/types.ts";
import type { Addresses } from "../_addresses/mod.ts";
import type { SeatMap } from "../_seats/mod.ts";

/** Everything a request may need, made once. */
export interface Desk {
  readonly seatMap: SeatMap;
  readonly addresses: Addresses;
  /** The catalogue, asked of Redis at most once a second per concert. */
  readonly concert: (concertId: string) => Promise<Concert | undefined>;
  /** All of the catalogue. */
  readonly concerts: () => Promise<readonly Concert[]>;
  /**
   * Waits until the log has the event.
   * @throws {PublishFailed}
   */
  readonly publish: (
    event: ReservationRequested | CancellationRequested,
    signal: AbortSignal,
  ) => Promise<void>;
  /** After it a publish's outcome counts as unknown. */
  readonly publishTimeoutMs: number;
  /** From request to deadline. */
  readonly holdMs: number;
  readonly log: Logger;
}
