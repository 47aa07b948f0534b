import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { concerts, reservations } from "../../schemas/topics.ts";
import type { Concert } from "../../schemas/types.ts";
import type { Broker, Event, RedisConnection, Timers, Topic } from "../_runtime/mod.ts";
import { type Claims, claimsOf } from "./claims.ts";
import { fenceWorkers } from "./fence.ts";
import { beginBuild, openBuild } from "./generation.ts";
import { type HoldTimer, holdTimers } from "./hold-timer.ts";
import { type Positions, type ReadEvent, readTopic } from "./read-log.ts";
import { withRebuildLock } from "./rebuild-lock.ts";
import { removeOldBuilds, writeClaims, writeConcerts } from "./rebuild-write.ts";
import { DEFAULT_PREFIX } from "./seat-map.ts";
import { addToStory, type ReservationEvent, type Stories } from "./story.ts";

export type RebuildPhase = "read" | "fence" | "wait" | "read on" | "write" | "timers";

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
  /** Source topics, when a test has its own. @default those of `schemas/topics.ts` */
  readonly topics?: { readonly concerts: string; readonly reservations: string };
  readonly onProgress?: (phase: RebuildPhase, done: number) => void;
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

interface Told {
  readonly stories: Stories;
  readonly concerts: Map<string, { readonly concert: Concert; readonly time: number }>;
  records: number;
  undecodable: number;
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
  const { redis, broker, timers, publishTimeoutMs, log, signal, prefix, onProgress = () => {} } = options;
  const beganAt = performance.now();
  const building = await beginBuild(redis, prefix, randomBytes(9).toString("base64url"));
  const closedAt = performance.now();
  log.info({ generation: building.token }, "Rebuilding the seat map from the log");

  const told: Told = { stories: new Map(), concerts: new Map(), records: 0, undecodable: 0 };
  const positions: Positions = new Map();
  await readLog(options, positions, told, "read");
  // Whatever a handler decided on the old map and has not committed must not commit any more: it will be decided
  // again on this one. What did commit is behind us in the log once the fence is answered.
  onProgress("fence", 0);
  await fenceWorkers(broker, signal);
  const restMs = publishTimeoutMs - (performance.now() - closedAt);
  onProgress("wait", Math.max(0, restMs));
  if (restMs > 0) await sleep(restMs, undefined, { signal });
  await readLog(options, positions, told, "read on");

  const claims = claimsOf(told.stories, (concertId) => told.concerts.get(concertId)?.concert.cutOffAt);
  if (claims.soldTwice.length > 0)
    log.error({ seats: claims.soldTwice.slice(0, 20) }, "The log sold seats twice");
  await writeConcerts(redis, prefix, building, told.concerts.values());
  await writeClaims(redis, prefix, building, claims.claims, signal, (done) => onProgress("write", done));
  const due = holdTimers(claims.claims.map(({ reservation }) => reservation));
  onProgress("timers", due.length);
  await timers.schedule(due);
  signal.throwIfAborted();
  const open = await openBuild(redis, prefix, building);
  // The map is open: what is left over is only memory, and the next rebuild tries again.
  await removeOldBuilds(redis, prefix, open, signal).catch((error: unknown) =>
    log.warn({ err: error }, "Old builds of the seat map are still there"),
  );
  const summary = summaryOf(told, claims, due.length, performance.now() - beganAt);
  log.info({ ...summary, generation: building.token }, "The seat map is open");
  return summary;
}

async function readLog(
  options: RebuildOptions,
  positions: Positions,
  told: Told,
  phase: RebuildPhase,
): Promise<void> {
  const { broker, readEvent, signal, onProgress = () => {}, topics } = options;
  const read = async (topic: Topic, name: string, take: (event: Event, time: number) => void) => {
    const onRead = () => onProgress(phase, told.records);
    await readTopic(broker, name, positions, { signal, onRead }, async (record) => {
      told.records++;
      const answer = await readEvent(record, topic, signal);
      if (answer === "undecodable") told.undecodable++;
      else if (answer !== "foreign") take(answer.event, record.timestamp);
    });
  };
  await read(concerts, topics?.concerts ?? concerts.name, (event, time) => {
    // The reader answers with nothing but the topic's records.
    const concert = event as Concert;
    told.concerts.set(concert.concertId, { concert, time });
  });
  await read(reservations, topics?.reservations ?? reservations.name, (event) =>
    addToStory(told.stories, event as ReservationEvent),
  );
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
