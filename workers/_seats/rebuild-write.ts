import type { Concert } from "../../schemas/types.ts";
import type { RedisConnection } from "../_runtime/mod.ts";
import type { Claim } from "./claims.ts";
import { type Generation, nameSpace, runIn } from "./generation.ts";
import { restoredFields } from "./reservation-fields.ts";
import { PUT_CONCERT, REMOVE, RESTORE } from "./scripts.ts";

/** Reservations in one script: well below a millisecond each. */
const BATCH = 100;

export async function writeConcerts(
  redis: RedisConnection,
  prefix: string,
  building: Generation,
  concerts: Iterable<{ readonly concert: Concert; readonly time: number }>,
): Promise<void> {
  for (const { concert, time } of concerts)
    await runIn(redis, prefix, building, PUT_CONCERT, [concert.concertId, time, JSON.stringify(concert)]);
}

export async function writeClaims(
  redis: RedisConnection,
  prefix: string,
  building: Generation,
  claims: readonly Claim[],
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<void> {
  for (let at = 0; at < claims.length; at += BATCH) {
    signal.throwIfAborted();
    const entries = claims.slice(at, at + BATCH).map(({ reservation, owned }) => ({
      id: reservation.reservationId,
      concert: reservation.concertId,
      owned,
      mark: owned.length === 0 ? "" : reservation.state === "sold" ? "s" : "h",
      fields: restoredFields(reservation),
    }));
    await runIn(redis, prefix, building, RESTORE, [JSON.stringify(entries)]);
    onProgress(at + entries.length);
  }
}

/** Keys of other builds: nobody can reach them any more. */
export async function removeOldBuilds(
  redis: RedisConnection,
  prefix: string,
  open: Generation,
  signal: AbortSignal,
): Promise<void> {
  const current = nameSpace(prefix, open.token);
  // The two keys without a build, `seats:generation` and `seats:rebuild`, have no further colon.
  const pattern = `${prefix.replaceAll(/[\\*?[\]]/g, "\\$&")}seats:*:*`;
  let cursor = "0";
  do {
    signal.throwIfAborted();
    const reply = await redis.call("SCAN", cursor, "MATCH", pattern, "COUNT", 1000);
    if (!Array.isArray(reply) || !Array.isArray(reply[1])) return;
    const old = reply[1].map(String).filter((key) => !key.startsWith(current));
    if (old.length > 0) await runIn(redis, prefix, open, REMOVE, old);
    cursor = String(reply[0]);
  } while (cursor !== "0");
}
