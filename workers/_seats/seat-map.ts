import type { Concert } from "../../schemas/types.ts";
import type { RedisConnection } from "../_runtime/mod.ts";
import { type GuardedReply, guardRedis } from "./generation.ts";
import type { Reservation, ReservationState } from "./reservation.ts";
import { requestFields, reservationOf } from "./reservation-fields.ts";
import { CONCERTS, FIND, HOLD, MARK, MOVE, PUT_CONCERT, RELEASE, VIEW } from "./scripts.ts";

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
  /** True while the map is open for this connection; never throws. For whoever waits until it opens. */
  isOpen(): Promise<boolean>;

  /**
   * A request seen in the log. One that this generation doesn't know (its publish took longer than a rebuild
   * waits) takes its seats when they are free, and begins as lapsed when not.
   */
  adopt(request: HoldRequest & { readonly requestedAt: number }): Promise<Reservation>;
  /** ReservationConfirmed stands in the log. Undefined: the reservation isn't known. */
  announced(reservationId: string): Promise<Reservation | undefined>;
  /**
   * One transition, decided on `reservation` as it was found: the first one wins.
   * `changed`: another came first, find it again. `lost`: it was to be sold, but a seat isn't held by it.
   */
  move(reservation: Reservation, to: Transition): Promise<"moved" | "changed" | "lost">;
  /** From a `concerts` record of this time (epoch ms); an older one changes nothing. */
  putConcert(concert: Concert, time: number): Promise<void>;
}

/** Fields that a transition sets, and what becomes of the seats. */
export interface Transition {
  readonly seats: "sell" | "free" | "keep";
  readonly set: Partial<
    Pick<Reservation, "state" | "reason" | "chargeId" | "soldBy" | "endedBy" | "refundBy">
  >;
}

export interface SeatMapOptions {
  /** Before every key. @default "boxoffice:" */
  readonly prefix?: string;
  /** The member's clock, epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** From a hold's deadline until another may take its seats, milliseconds. @default 30_000 */
  readonly marginMs?: number;
}

export function createSeatMap(redis: RedisConnection, options: SeatMapOptions = {}): SeatMap {
  const { prefix = DEFAULT_PREFIX, now = Date.now, marginMs = 30_000 } = options;
  const guarded = guardRedis(redis, prefix);

  // Whether another's hold is over is judged by the time that goes into the request: so of two requests that
  // had a seat one after the other, the later one says so in the log, whatever the clocks.
  const take = (mode: "hold" | "adopt", request: HoldRequest, requestedAt: number) => {
    const { reservationId, concertId, bodyHash } = request;
    const seats = checkSeats(request.seats);
    const head = [mode, reservationId, concertId, JSON.stringify(seats), requestedAt, marginMs, bodyHash];
    return guarded.run(HOLD, [...head, ...requestFields({ ...request, requestedAt })]);
  };

  return {
    async hold(request) {
      const { kind, rest, generation } = await take("hold", request, now());
      if (kind === "conflict") return { kind };
      if (kind === "taken") return { kind, seats: rest };
      const reservation = reservationOf(request.reservationId, rest, generation);
      if (reservation.state !== "held") return { kind: "ended", state: reservation.state, reservation };
      const { published } = reservation;
      return { kind: "held", reservation, fresh: kind === "fresh", published, generation };
    },
    async published(reservationId, generation) {
      await guarded.run(MARK, [reservationId, "published"], generation);
    },
    async release(reservationId, generation) {
      await guarded.run(RELEASE, [reservationId], generation);
    },
    async find(reservationId) {
      const { rest, generation } = await guarded.run(FIND, [reservationId]);
      return rest.length === 0 ? undefined : reservationOf(reservationId, rest, generation);
    },
    async seats(concertId, since = "") {
      const [token = "", version = ""] = since.split(".");
      // A version of another generation says nothing about this one: then everything.
      const known = /^\d+$/.test(version) ? version : "";
      let reply = await guarded.run(VIEW, [concertId, known]);
      const full = known === "" || token !== reply.generation;
      if (full && known !== "") reply = await guarded.run(VIEW, [concertId, ""]);
      return viewOf(reply, full);
    },
    async concert(concertId) {
      const { rest } = await guarded.run(CONCERTS, [concertId]);
      const json = rest[0]?.slice(rest[0].indexOf(" ") + 1);
      // What stands there was written by putConcert from a decoded event.
      return json ? (JSON.parse(json) as Concert) : undefined;
    },
    async concertIds() {
      return (await guarded.run(CONCERTS, [""])).rest;
    },
    async isOpen() {
      const found = await guarded.read().catch(() => undefined);
      return found !== undefined && !found.stale && found.generation.state === "open";
    },
    async adopt(request) {
      const { rest, generation } = await take("adopt", request, request.requestedAt);
      return reservationOf(request.reservationId, rest, generation);
    },
    async announced(reservationId) {
      const { kind, rest, generation } = await guarded.run(MARK, [reservationId, "announced"]);
      return kind === "marked" ? reservationOf(reservationId, rest, generation) : undefined;
    },
    async move(reservation, to) {
      const set = Object.entries(to.set).flatMap(([name, value]) => [name, value ?? ""]);
      const { reservationId, revision, generation } = reservation;
      // In a map that was rebuilt since, the same revision may be another state.
      const { kind } = await guarded.run(MOVE, [reservationId, revision, to.seats, ...set], generation);
      if (kind !== "moved" && kind !== "changed" && kind !== "lost")
        throw new TypeError(`Cannot read the answer of a transition: current value is '${kind}'`);
      return kind;
    },
    async putConcert(concert, time) {
      await guarded.run(PUT_CONCERT, [concert.concertId, time, JSON.stringify(concert)]);
    },
  };
}

export const DEFAULT_PREFIX = "boxoffice:";

function checkSeats(seats: readonly string[]): readonly string[] {
  if (seats.length < 1 || seats.length > 8 || new Set(seats).size !== seats.length)
    throw new RangeError(
      `Cannot hold seats as there must be 1 to 8 different ones: current value is '${seats.join(", ")}'`,
    );
  return seats;
}

const MARKS: Readonly<Record<string, "held" | "sold">> = { h: "held", s: "sold" };

function viewOf({ rest, generation }: GuardedReply, full: boolean): SeatsView {
  const seats = new Map<string, "free" | "held" | "sold">();
  for (let at = 1; at + 1 < rest.length; at += 2)
    seats.set(rest[at] ?? "", MARKS[rest[at + 1] ?? ""] ?? "free");
  return { version: `${generation}.${rest[0]}`, full, seats: Object.fromEntries(seats) };
}
