/**
 * `npm run bench:reservation`: what one reservation costs, from POST to e-mail, through the real fleet at an even pace: CPU of
 * each process, records and bytes, transactions, calls and memory of Redis. docs/scaling.md counts with it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { failure } from "../../scripts/failure.ts";
import { endWithNpm } from "../../scripts/lifeline.ts";
import { pauseOrThrow } from "../../scripts/pause-or-throw.ts";
import { liveLine } from "../../scripts/start/live.ts";
import { jsonOf, tableOf } from "../../scripts/table.ts";
import { connectRedis, type RedisConnection } from "../../workers/_runtime/mod.ts";
import { loadWorkers } from "../../workers/all.ts";
import { machineLine, thisMachine } from "./machine.ts";
import { untilAtRest } from "./scaling/at-rest.ts";
import { type BenchFleet, startBenchFleet } from "./scaling/bench-fleet.ts";
import { read } from "./scaling/meter.ts";
import { type Paced, pacedLoad } from "./scaling/paced-load.ts";
import { countRedisCalls } from "./scaling/redis-calls.ts";
import { keyFamilies } from "./scaling/redis-memory.ts";
import { transactionCost } from "./scaling/transaction-cost.ts";

const root = resolve(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    /** Also as the figures that docs/scaling.md counts with. */
    keep: { type: "boolean", default: false },
  },
});
const SECONDS = values.quick
  ? { warmUp: 5, idle: 8, load: 12, refused: 8, monitor: 5, transactions: 4 }
  : { warmUp: 20, idle: 20, load: 60, refused: 30, monitor: 15, transactions: 15 };
/**
 * The least at which transactions hold a record or two; the most that two cores keep up with, the load's own work
 * included; and more than they do: what waits fills transactions and requests, as it would at scale.
 */
const KEPT_UP = 120;
const RATES = [40, KEPT_UP, 200];

const end = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => (end.signal.aborted ? process.exit(130) : end.abort(new Error("Stopped"))));
endWithNpm();
const live = liveLine();
try {
  await main(end.signal);
} catch (error) {
  const { code, message } = failure(error);
  process.stderr.write(end.signal.aborted ? "stopped\n" : `${message}\n`);
  process.exitCode = end.signal.aborted ? 130 : code;
}

async function main(signal: AbortSignal): Promise<void> {
  const machine = thisMachine();
  process.stderr.write(`${machineLine(machine)}\n`);
  const bench = await startBenchFleet(live, { bench: true }, signal);
  const redis = await connectRedis(bench.config.redis.url, { log: pino({ level: "silent" }) });
  try {
    await bench.gatewayFaults({ latencyMs: 20, latencyP99Ms: 60 });
    const figures = { at: new Date().toISOString(), machine, ...(await measure(bench, redis, signal)) };
    mkdirSync(join(root, "results"), { recursive: true });
    writeFileSync(join(root, "results/bench-reservation.json"), jsonOf(figures));
    if (values.keep) writeFileSync(join(root, "docs/scaling/measured.json"), jsonOf(figures));
    process.stdout.write(values.json ? jsonOf(figures) : tables(figures));
  } finally {
    live.end();
    await redis.close();
    await bench.stop();
  }
}

async function measure(bench: BenchFleet, redis: RedisConnection, signal: AbortSignal) {
  const workers = await loadWorkers();
  const rest = () => untilAtRest(bench.broker, workers, signal);
  let next = 0;
  const paced = async (name: string, perSecond: number, seconds: number, idle: Idle | undefined) => {
    const at = { from: next, pair: next };
    next += perSecond * seconds;
    live.say(`${name}: ${perSecond} a second for ${seconds} s`);
    return await pacedLoad(bench, redis, { perSecond, seconds, ...at, rest, idle }, signal);
  };
  await paced("warming up", KEPT_UP, SECONDS.warmUp, undefined);
  live.say(`nothing to do for ${SECONDS.idle} s`);
  const idle = await idleCost(bench, redis, SECONDS.idle, signal);
  const loads: Paced[] = [];
  for (const rate of RATES) loads.push(await paced("reservations", rate, SECONDS.load, idle));
  live.say("requests whose seats are taken");
  const again = { from: 1_000_000, pair: 0, perSecond: KEPT_UP, seconds: SECONDS.refused };
  const refused = await pacedLoad(bench, redis, { ...again, rest, idle }, signal);
  live.say("who asks Redis how often");
  const watched = countRedisCalls(bench, (SECONDS.monitor + 3) * 1000, signal);
  const asked = await paced("reservations", 20, SECONDS.monitor, idle);
  const redisCalls = perRequest(await watched, asked.accepted);
  const families = (await keyFamilies(redis)).slice(0, 12);
  const transactions = [];
  for (const recordsEach of [1, 100]) {
    live.say(`transactions of ${recordsEach} records`);
    transactions.push(
      await transactionCost(bench, { producers: 12, recordsEach, seconds: SECONDS.transactions }),
    );
  }
  return { idle: idle.cpuMsPerSecond, loads, refused, redisCalls, families, transactions };
}

export interface Idle {
  /** By process. */
  readonly cpuMsPerSecond: Readonly<Record<string, number>>;
}

async function idleCost(
  bench: BenchFleet,
  redis: RedisConnection,
  seconds: number,
  signal: AbortSignal,
): Promise<Idle> {
  const before = await read(bench, redis);
  await pauseOrThrow(seconds * 1000, signal);
  const after = await read(bench, redis);
  const lasted = (after.at - before.at) / 1000;
  const used = Object.entries(after.cpuMs).map(([name, ms]) => [
    name,
    (ms - (before.cpuMs[name] ?? 0)) / lasted,
  ]);
  return { cpuMsPerSecond: Object.fromEntries(used) };
}

function perRequest(calls: Readonly<Record<string, number>>, requests: number) {
  return Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, count / requests]));
}

function tables({
  families,
  loads,
  refused,
  redisCalls,
  transactions,
  idle,
}: Awaited<ReturnType<typeof measure>>): string {
  const names = Object.keys(idle);
  const head = [
    "CPU ms",
    "idle, a second",
    ...loads.map((l) => `accepted, ${l.perSecond}/s`),
    "refused",
    "Redis calls",
  ];
  const rows = names.map((name) => [
    ...[name, (idle[name] ?? 0).toFixed(1)],
    ...[...loads, refused].map(({ cpuMs }) => (cpuMs[name] ?? 0).toFixed(2)),
    (redisCalls[name] ?? 0).toFixed(2),
  ]);
  const written = loads.map(({ perSecond, accepted, transactions, topics, redisBytes }) => [
    ...[`${perSecond}/s`, accepted, transactions.toFixed(2)],
    ...[
      Object.entries(topics)
        .map(
          ([name, { records, bytes, disk }]) =>
            `${name}: ${records.toFixed(2)} records, ${bytes.toFixed(0)} bytes, ${disk.toFixed(0)} on disk`,
        )
        .join("\n"),
    ],
    redisBytes.toFixed(0),
  ]);
  const cost = transactions.map((t) => [
    t.recordsEach,
    t.perSecond.toFixed(0),
    t.recordsPerSecond.toFixed(0),
    t.msEach.toFixed(2),
    t.p50Ms.toFixed(1),
    t.p99Ms.toFixed(1),
  ]);
  return (
    tableOf(head, rows) +
    tableOf(["a reservation", "accepted", "transactions", "topics", "Redis bytes"], written) +
    tableOf(
      ["keys in Redis", "number", "bytes each"],
      families.map(({ form, keys, bytes }) => [form, keys, (bytes / keys).toFixed(0)]),
    ) +
    tableOf(
      ["records a transaction", "transactions/s", "records/s", "broker's CPU ms", "p50 ms", "p99 ms"],
      cost,
    )
  );
}
