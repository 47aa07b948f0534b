import { randomBytes } from "node:crypto";
import { pino } from "pino";
import type { Test } from "tap";
import { connectRedis, type RedisConnection } from "../../workers/_runtime/mod.ts";
import { beginBuild, openBuild } from "../../workers/_seats/generation.ts";
import { createSeatMap, type HoldRequest, requestHash, type SeatMap } from "../../workers/_seats/mod.ts";

export const silent = pino({ level: "silent" });

export interface OpenSeatMap {
  readonly redis: RedisConnection;
  readonly prefix: string;
  readonly seatMap: SeatMap;
  /** What the seat map takes for now; set it. */
  readonly clock: { now: number };
  /** A request of the concert `c`, 1,000 ms of hold, one seat unless said otherwise. */
  request(reservationId: string, over?: Partial<HoldRequest>): HoldRequest;
}

export const MARGIN_MS = 500;

/** An empty, open seat map that no other test has, on the Redis that the environment names. */
export async function openSeatMap(t: Test, url = process.env.REDIS_URL ?? ""): Promise<OpenSeatMap> {
  const prefix = `test-${randomBytes(6).toString("hex")}:`;
  const redis = await connectRedis(url, { log: silent, waitMs: 60_000 });
  t.teardown(() => redis.close());
  await openBuild(
    redis,
    prefix,
    await beginBuild(redis, prefix, { token: randomBytes(6).toString("hex"), cluster: "kafka" }),
  );
  const clock = { now: 1_000_000 };
  const seatMap = createSeatMap(redis, { prefix, now: () => clock.now, marginMs: MARGIN_MS });
  return {
    ...{ redis, prefix, seatMap, clock },
    request(reservationId, over = {}) {
      const { customerId = `customer of ${reservationId}`, concertId = "c", seats = ["A-1"] } = over;
      const bodyHash = requestHash({ customerId, concertId, seats, card: "tok" });
      const holdUntil = clock.now + 1_000;
      return {
        reservationId,
        customerId,
        concertId,
        seats,
        bodyHash,
        holdUntil,
        amount: 5_000,
        currency: "EUR",
        ...over,
      };
    },
  };
}
