import { randomBytes } from "node:crypto";
import type {
  CancellationRequested,
  Concert,
  HoldDue,
  PaymentCaptured,
  PaymentDeclined,
  ReservationConfirmed,
  ReservationRequested,
} from "../../schemas/types.ts";
import type { RedisConnection } from "../../workers/_runtime/mod.ts";
import { type Claims, claimsOf } from "../../workers/_seats/claims.ts";
import { beginBuild, openBuild } from "../../workers/_seats/generation.ts";
import { createSeatMap, requestHash, type SeatMap } from "../../workers/_seats/mod.ts";
import { writeClaims, writeConcerts } from "../../workers/_seats/rebuild-write.ts";
import { addToStory, type ReservationEvent } from "../../workers/_seats/story.ts";
import { handle as expiry } from "../../workers/expiry/handle.ts";
import { handle as settlement } from "../../workers/settlement/handle.ts";
import { MARGIN_MS, silent } from "./seats.ts";

type Settled = PaymentCaptured | PaymentDeclined | CancellationRequested;
type Expired = ReservationRequested | HoldDue | ReservationConfirmed;

/** A record that a worker has not committed yet. */
export interface Open {
  readonly id: string;
  readonly worker: "settlement" | "expiry";
  readonly event: Settled | Expired;
}

const HOLD_MS = 1_000;
export const concert: Concert = {
  ...{
    type: "Concert",
    concertId: "c",
    name: "n",
    hall: "h",
    currency: "EUR",
    startsAt: 4e12,
    cutOffAt: 4e12,
  },
  rows: [{ name: "A", seats: 4, price: 100 }],
};

/**
 * Intake, settlement and expiry around a real seat map, with the log as a list: what a handler emits is in it
 * only when its record's transaction commits.
 */
export class BoxOffice {
  readonly log: ReservationEvent[] = [];
  readonly open: Open[] = [];
  readonly lingering: { readonly record: Open; readonly out: readonly ReservationEvent[] }[] = [];
  readonly captured = new Set<string>();
  readonly declined = new Set<string>();
  now = 1_000_000;
  seatMap: SeatMap;
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  #records = 0;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.seatMap = createSeatMap(redis, { prefix, now: () => this.now, marginMs: MARGIN_MS });
  }

  /** Holds the seats, and publishes the request unless its publish is said to vanish. */
  async request(reservationId: string, seats: readonly string[], isPublished: boolean): Promise<void> {
    const asked = { reservationId, customerId: `u-${reservationId}`, concertId: "c", seats: [...seats] };
    const price = { amount: 100 * seats.length, currency: "EUR" };
    const bodyHash = requestHash({ ...asked, card: "tok" });
    const result = await this.seatMap.hold({ ...asked, ...price, bodyHash, holdUntil: this.now + HOLD_MS });
    if (result.kind !== "held" || !isPublished) return;
    const { requestedAt, holdUntil } = result.reservation;
    const times = { requestedAt, holdUntil };
    this.#publish({ type: "ReservationRequested", ...asked, ...price, card: "tok", ...times });
  }

  capture(reservationId: string): void {
    const request = this.#requestOf(reservationId);
    if (request === undefined || this.declined.has(reservationId)) return;
    this.captured.add(reservationId);
    const { customerId, amount, currency } = request;
    const event = { reservationId, customerId, chargeId: `ch-${reservationId}`, amount, currency };
    this.#arrive("settlement", { type: "PaymentCaptured", ...event });
  }

  decline(reservationId: string, reason: PaymentDeclined["reason"]): void {
    const request = this.#requestOf(reservationId);
    if (request === undefined || this.captured.has(reservationId)) return;
    this.declined.add(reservationId);
    this.#arrive("settlement", {
      type: "PaymentDeclined",
      reservationId,
      customerId: request.customerId,
      reason,
    });
  }

  cancel(reservationId: string): void {
    const request = this.#requestOf(reservationId);
    if (request === undefined) return;
    const whose = { reservationId, customerId: request.customerId, requestedAt: this.now };
    this.#publish({ type: "CancellationRequested", ...whose });
  }

  due(reservationId: string): void {
    const request = this.#requestOf(reservationId);
    if (request === undefined || this.now < request.holdUntil) return;
    this.#publish({ type: "HoldDue", reservationId, holdUntil: request.holdUntil });
  }

  /** Runs the handler. Its transaction commits, aborts (the record stays open) or is still under way. */
  async deliver(record: Open, end: "commits" | "aborts" | "lingers"): Promise<void> {
    const out: ReservationEvent[] = [];
    const context = {
      ...{
        id: record.id,
        time: this.now,
        log: silent,
        signal: new AbortController().signal,
        seatMap: this.seatMap,
      },
      emit: (_topic: unknown, event: unknown) => void out.push(event as ReservationEvent),
      timers: { schedule: async () => {}, cancel: async () => {} },
    };
    try {
      if (record.worker === "settlement") await settlement(record.event as Settled, context);
      else await expiry(record.event as Expired, context);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("Cannot decide yet")) return;
      throw error;
    }
    if (end === "aborts") return;
    this.open.splice(this.open.indexOf(record), 1);
    if (end === "lingers") this.lingering.push({ record, out });
    else for (const event of out) this.#publish(event);
  }

  /** One that lingers commits. */
  commit(of: number): void {
    const [transaction] = this.lingering.splice(of % Math.max(1, this.lingering.length), 1);
    for (const event of transaction?.out ?? []) this.#publish(event);
  }

  /** What is under way is fenced: it will be decided again. */
  fence(): void {
    for (const { record } of this.lingering.splice(0)) this.open.push(record);
  }

  /** Everything comes to its end: open records, and a timer for each request. */
  async finish(): Promise<void> {
    while (this.lingering.length > 0) this.commit(0);
    this.now += 100 * HOLD_MS;
    for (const event of [...this.log])
      if (event.type === "ReservationRequested") this.due(event.reservationId);
    for (let round = 0; this.open.length > 0; round++) {
      if (round > 1_000) throw new Error(`Records never end: ${JSON.stringify(this.open)}`);
      for (const record of [...this.open]) await this.deliver(record, "commits");
    }
  }

  claims(): Claims {
    const stories = new Map();
    for (const event of this.log) addToStory(stories, event);
    return claimsOf(stories, () => concert.cutOffAt);
  }

  /** A new, open seat map with what the log says. */
  async rebuild(): Promise<void> {
    this.fence();
    const token = randomBytes(6).toString("hex");
    const building = await beginBuild(this.#redis, this.#prefix, { token, cluster: "kafka" });
    await writeConcerts(this.#redis, this.#prefix, building, [{ concert, time: 1 }]);
    const signal = new AbortController().signal;
    await writeClaims(this.#redis, this.#prefix, building, this.claims().claims, signal, () => {});
    await openBuild(this.#redis, this.#prefix, building);
    this.seatMap = createSeatMap(this.#redis, {
      prefix: this.#prefix,
      now: () => this.now,
      marginMs: MARGIN_MS,
    });
  }

  #requestOf(reservationId: string): ReservationRequested | undefined {
    for (const event of this.log)
      if (event.type === "ReservationRequested" && event.reservationId === reservationId) return event;
    return undefined;
  }

  #publish(event: ReservationEvent): void {
    this.log.push(event);
    if (event.type === "CancellationRequested") this.#arrive("settlement", event);
    if (
      event.type === "ReservationRequested" ||
      event.type === "HoldDue" ||
      event.type === "ReservationConfirmed"
    )
      this.#arrive("expiry", event);
  }

  #arrive(worker: Open["worker"], event: Open["event"]): void {
    this.open.push({ id: `t-0-${this.#records++}`, worker, event });
  }
}
