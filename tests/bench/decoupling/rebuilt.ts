import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { pino } from "pino";
import { connectBroker } from "../../../workers/_runtime/broker.ts";
import { type Config, connectRedis, connectRegistry } from "../../../workers/_runtime/mod.ts";
import { createSeatMap } from "../../../workers/_seats/mod.ts";
import { eventReader } from "../../../workers/_seats/read-log.ts";
import { rebuildSeats } from "../../../workers/_seats/rebuild.ts";

export interface Rebuilt {
  readonly records: number;
  readonly tookMs: number;
  readonly sold: number;
  readonly equal: boolean;
}

/** Reads every event of the log again into an empty seat map beside the one in use, and compares the two. */
export async function rebuildBeside(
  config: Config,
  concertId: string,
  signal: AbortSignal,
): Promise<Rebuilt> {
  const log = pino({ level: "silent" });
  const broker = connectBroker(config.kafka, { clientId: "decoupling", log });
  const redis = await connectRedis(config.redis.url, { log });
  const prefix = `decoupling-${randomBytes(4).toString("hex")}:`;
  try {
    const summary = await rebuildSeats({
      ...{ redis, broker, log, signal, prefix },
      readEvent: eventReader(connectRegistry(config.registry)),
      // The old map keeps its timers: this one is only looked at.
      timers: { schedule: async () => {} },
      publishTimeoutMs: 0,
    });
    if (!summary) throw new Error("Cannot rebuild as another process is rebuilding under this very prefix");
    const before = await createSeatMap(redis).seats(concertId);
    const after = await createSeatMap(redis, { prefix }).seats(concertId);
    const { records, tookMs, seats } = summary;
    return { records, tookMs, sold: seats.sold, equal: isDeepStrictEqual(before.seats, after.seats) };
  } finally {
    await Promise.all([broker.close(), redis.close()]);
  }
}
