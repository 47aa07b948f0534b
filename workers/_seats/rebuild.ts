import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Broker, RedisConnection, Timers } from "../_runtime/mod.ts";
import type { Claims } from "./claims.ts";
import { fenceDeciders } from "./fence.ts";
import { beginBuild, openBuild } from "./generation.ts";
import { type HoldTimer, holdTimers } from "./hold-timer.ts";
import type { ReadEvent } from "./read-log.ts";
import { withRebuildLock } from "./rebuild-lock.ts";
import { removeOldBuilds, writeClaims, writeConcerts } from "./rebuild-write.ts";
import { DEFAULT_PREFIX } from "./seat-map.ts";
import { claimsFrom, nothingTold, readOn, TOPICS, type Told, type TopicNames } from "./told.ts";

export type RebuildPhase = "reading" | "fencing" | "waiting" | "reading on" | "writing" | "timers";

export interface RebuildOptions {
  readonly redis: RedisConnection;
  readonly broker: Pick<Broker, "admin" | "readAt" | "transactional">;
  readonly readEvent: ReadEvent;
  /** Where expiry's timers wait. */
  readonly timers: Pick<Timers<HoldTimer>, "schedule">;
  /** Intake's: after it no publish of a hold made before the rebuild can still be under way. */
  readonly publishTimeoutMs: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** @default "boxoffice:" */
  readonly prefix?: string;
  readonly topics?: TopicNames;
  readonly onProgress?: (phase: RebuildPhase, done: number, total: number) => void;
}

export interface RebuildSummary {
  readonly concerts: number;
  readonly reservations: number;
  readonly seats: { readonly held: number; readonly sold: number };
  readonly lapsed: number;
  readonly timers: number;
  readonly records: number;
  readonly undecodable: number;
  /** Reservations without a readable request or confirmation. */
  readonly incomplete: number;
  /** Seats that the log sold twice: never, unless an invariant is broken. */
  readonly soldTwice: number;
  readonly tookMs: number;
}

/**
 * Makes the seat map and the timers again from the log. From its first step until it opens, intake answers 503
 * and settlement and expiry wait. Undefined: another process is rebuilding.
 * @throws {Unavailable} when Redis, Kafka or the registry is away; begin again later
 */
export async function rebuildSeats(options: RebuildOptions): Promise<RebuildSummary | undefined> {
  const { redis, prefix = DEFAULT_PREFIX, signal } = options;
  return await withRebuildLock(redis, prefix, signal, (locked) =>
    rebuild({ ...options, prefix, signal: locked }),
  );
}

async function rebuild(options: RebuildOptions & { readonly prefix: string }): Promise<RebuildSummary> {
  const { redis, broker, timers, publishTimeoutMs, log, signal, prefix } = options;
  const { topics = TOPICS, onProgress = () => {} } = options;
  const cluster = await broker.admin.clusterId();
  const token = randomBytes(9).toString("base64url");
  const building = await beginBuild(redis, prefix, { token, cluster });
  const closedAt = performance.now();
  log.info({ generation: building.token }, "Rebuilding the seat map from the log");

  const told = nothingTold();
  await readOn(told, { ...options, onRead: (done, total) => onProgress("reading", done, total) });
  // Whatever a handler decided on the old map and has not committed must not commit any more: it will be decided
  // again on this one. What did commit is behind us in the log once the fence is answered.
  onProgress("fencing", 0, 1);
  await fenceDeciders(broker, topics, signal);
  const restMs = publishTimeoutMs - (performance.now() - closedAt);
  onProgress("waiting", 0, Math.max(0, restMs));
  if (restMs > 0) await sleep(restMs, undefined, { signal });
  await readOn(told, { ...options, onRead: (done, total) => onProgress("reading on", done, total) });

  const claims = claimsFrom(told);
  if (claims.soldTwice.length > 0)
    log.error({ seats: claims.soldTwice.slice(0, 20) }, "The log sold seats twice");
  await writeConcerts(redis, prefix, building, told.concerts.values());
  await writeClaims(redis, prefix, building, claims.claims, signal, (done) =>
    onProgress("writing", done, claims.claims.length),
  );
  const due = holdTimers(claims.claims.map(({ reservation }) => reservation));
  onProgress("timers", 0, due.length);
  await timers.schedule(due);
  signal.throwIfAborted();
  const open = await openBuild(redis, prefix, building);
  // The map is open: what is left over is only memory, and the next rebuild tries again.
  await removeOldBuilds(redis, prefix, open, signal).catch((error: unknown) =>
    log.warn({ err: error }, "Old builds of the seat map are still there"),
  );
  const summary = summaryOf(told, claims, due.length, performance.now() - closedAt);
  log.info({ ...summary, generation: open.token }, "The seat map is open");
  return summary;
}

function summaryOf(
  told: Told,
  { claims, incomplete, soldTwice }: Claims,
  timers: number,
  ms: number,
): RebuildSummary {
  const seatsOf = (state: string) =>
    claims.reduce((sum, { reservation, owned }) => sum + (reservation.state === state ? owned.length : 0), 0);
  return {
    concerts: told.concerts.size,
    reservations: claims.length,
    seats: { held: seatsOf("held"), sold: seatsOf("sold") },
    lapsed: claims.filter(({ reservation }) => reservation.state === "lapsed").length,
    timers,
    records: told.records,
    undecodable: told.undecodable,
    incomplete,
    soldTwice: soldTwice.length,
    tookMs: Math.round(ms),
  };
}
