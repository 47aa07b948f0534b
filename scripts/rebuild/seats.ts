import { Command } from "commander";
import { type Logger, pino } from "pino";
import type { Broker } from "../../workers/_runtime/broker.ts";
import {
  type Config,
  connectRedis,
  connectRegistry,
  createTimers,
  exitCodes,
  type RedisConnection,
  readConfig,
} from "../../workers/_runtime/mod.ts";
import { compareWithLog, type Difference } from "../../workers/_seats/compare.ts";
import { createSeatMap, HOLD_TIMERS, type HoldTimer } from "../../workers/_seats/mod.ts";
import { eventReader } from "../../workers/_seats/read-log.ts";
import { type RebuildSummary, rebuildSeats } from "../../workers/_seats/rebuild.ts";
import { claimsFrom, nothingTold, readOn } from "../../workers/_seats/told.ts";
import { jsonOf, tableOf } from "../table.ts";
import { withBroker } from "../with-broker.ts";
import { showProgress } from "./progress.ts";

interface Options {
  readonly check?: true;
  readonly json?: true;
}

interface Parts {
  readonly config: Config;
  readonly broker: Broker;
  readonly redis: RedisConnection;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Differences printed as a table; --json has them all. */
const SHOWN = 50;

export const seats = new Command("seats")
  .description(
    "The seat map, reservations' states and holds' timers, from the topics concerts and reservations. Workers do\n" +
      "it by themselves when Redis lost its memory; while it runs, intake answers 503 and nothing is settled.",
  )
  .option("--check", "change nothing: compare the open seat map with the log")
  .option("--json", "the summary, or every difference, as JSON")
  .action((options: Options) =>
    withParts((parts) => (options.check ? check(parts, options) : rebuild(parts, options))),
  );

async function rebuild({ config, broker, redis, log, signal }: Parts, { json }: Options): Promise<void> {
  const timers = await createTimers<HoldTimer>({ url: config.redis.url, name: HOLD_TIMERS, log });
  const progress = showProgress("seat map");
  let summary: RebuildSummary | undefined;
  try {
    summary = await rebuildSeats({
      ...{ broker, redis, log, signal, timers },
      readEvent: eventReader(connectRegistry(config.registry)),
      publishTimeoutMs: config.intake.publishTimeoutMs,
      onProgress: progress.at,
    });
  } finally {
    progress.end();
    await timers.close();
  }
  if (summary === undefined) {
    process.stderr.write("Another process is rebuilding the seat map now: nothing was done\n");
    process.exitCode = exitCodes.no;
    return;
  }
  process.stdout.write(json ? jsonOf(summary) : tableOf(["", "count"], summaryRows(summary)));
  if (summary.soldTwice > 0) process.exitCode = exitCodes.no;
}

async function check({ config, broker, redis, signal }: Parts, { json }: Options): Promise<void> {
  const progress = showProgress("log");
  const told = nothingTold();
  try {
    const readEvent = eventReader(connectRegistry(config.registry));
    await readOn(told, {
      broker,
      readEvent,
      signal,
      onRead: (done, total) => progress.at("reading", done, total),
    });
  } finally {
    progress.end();
  }
  const { claims } = claimsFrom(told);
  const differences = await compareWithLog(createSeatMap(redis), claims, signal);
  const compared = { reservations: claims.length, records: told.records, undecodable: told.undecodable };
  if (json) process.stdout.write(jsonOf({ ...compared, equal: differences.length === 0, differences }));
  else process.stdout.write(differenceTable(differences, claims.length));
  if (differences.length > 0) process.exitCode = exitCodes.no;
}

async function withParts(task: (parts: Parts) => Promise<void>): Promise<void> {
  const config = readConfig(process.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "REDIS_URL"]);
  const log = pino({ level: "silent" });
  const redis = await connectRedis(config.redis.url, { log });
  try {
    // Says now that Redis is away, before anything else is opened.
    await redis.call("PING");
    await withBroker((broker) => task({ config, broker, redis, log, signal: new AbortController().signal }));
  } finally {
    await redis.close();
  }
}

function summaryRows(summary: RebuildSummary): string[][] {
  const { seats, ...rest } = summary;
  const counts = { "seats held": seats.held, "seats sold": seats.sold, ...rest };
  return Object.entries(counts).map(([name, count]) => [name, String(count)]);
}

function differenceTable(differences: readonly Difference[], reservations: number): string {
  if (differences.length === 0) return `equal: ${reservations} reservations and their seats\n`;
  const rows = differences
    .slice(0, SHOWN)
    .map(({ concertId, about, id, log, map }) => [concertId, about, id, log, map]);
  const more = differences.length - rows.length;
  const table = tableOf(["concert", "about", "id", "log", "seat map"], rows);
  return more > 0 ? `${table}${more} more: --json has them all\n` : table;
}
