/**
 * `npm run decoupling`: the three problems of synchronous calls, answered in figures. Reservations at an even pace while
 * the payment side is down for 20 s and then ten times slower: does intake notice? How fast does the backlog
 * drain? And can all events be read again into an empty seat map that equals the old one?
 */
import { join } from "node:path";
import { pino } from "pino";
import { readConcertFile } from "../../scripts/concerts/concert-file.ts";
import { failure } from "../../scripts/failure.ts";
import { historiesOf, isSettled } from "../../scripts/invariants/history.ts";
import { openWitness, type Witness } from "../../scripts/invariants/witness.ts";
import { endWithNpm } from "../../scripts/lifeline.ts";
import { pauseOrThrow } from "../../scripts/pause-or-throw.ts";
import { type Fleet, startFleet } from "../../scripts/start/fleet.ts";
import { type Live, liveLine } from "../../scripts/start/live.ts";
import { jsonOf, tableOf } from "../../scripts/table.ts";
import { readConfig } from "../../workers/_runtime/mod.ts";
import { type Drain, drainOf } from "./decoupling/drain.ts";
import { type Phase, runPhase } from "./decoupling/phase.ts";
import { type Rebuilt, rebuildBeside } from "./decoupling/rebuilt.ts";
import { steady } from "./decoupling/steady.ts";

const CONCERT_FILE = join(import.meta.dirname, "../../scripts/concerts/grand-hall.json");
const PER_SECOND = 60;
const SECONDS = { warmUp: 8, before: 20, down: 20, slow: 20 };
const SLOWER = 10;
const MOST_TIMES_SLOWER = 1.5;
const DRAIN_MS = 120_000;

const end = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => (end.signal.aborted ? process.exit(130) : end.abort(new Error("Stopped"))));
endWithNpm();
try {
  process.exitCode = await main(liveLine(), end.signal);
} catch (error) {
  const { code, message } = failure(error);
  process.stderr.write(end.signal.aborted ? "stopped\n" : `${message}\n`);
  process.exitCode = end.signal.aborted ? 130 : code;
}

async function main(live: Live, signal: AbortSignal): Promise<number> {
  const [concert] = readConcertFile(CONCERT_FILE);
  if (!concert) throw new Error("The grand hall's file names no concert");
  const { concertId, rows } = concert;
  // Holds outlive the outage: what is measured is waiting, not giving up.
  process.env.INTAKE_HOLD ??= "10m";
  const fleet = await startFleet({ concertFile: CONCERT_FILE, concertId }, live, signal);
  const config = readConfig(fleet.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "REDIS_URL"]);
  const witness = await openWitness({
    ...{ config, log: pino({ level: "silent" }), gatewayUrl: fleet.gateway.adminUrl, mailUrl: undefined },
    ...{ clientLedger: undefined, kills: () => 0, since: fleet.since },
  });
  try {
    await faults(fleet, { latencyMs: 20, latencyP99Ms: 60 });
    const shop = { url: fleet.intakeUrl, concertId, run: `d${process.pid}`, timeoutMs: 10_000 };
    let from = 0;
    const phase = async (name: string, seconds: number) => {
      const steps = steady({ perSecond: PER_SECOND, seconds, from, rows });
      from += PER_SECOND * seconds;
      const done = await runPhase(name, shop, steps, signal);
      live.say(`${name}: p99 ${done.p99} ms, ${done.refused} refused`);
      return done;
    };
    await phase("warming up", SECONDS.warmUp);
    const before = await phase("payment up", SECONDS.before);
    const payment = fleet.workers.find(({ name }) => name === "payment");
    await payment?.process.stop();
    const down = await phase(`payment down for ${SECONDS.down} s`, SECONDS.down);
    await faults(fleet, { latencyMs: 20, latencyP99Ms: 60, slowdown: SLOWER });
    const backAt = Date.now();
    payment?.process.start();
    const slow = await phase(`payment ${SLOWER} times slower`, SECONDS.slow);
    await untilEnded(witness, signal);
    const { facts } = await witness.look(signal);
    const drain = drainOf(historiesOf(facts).values(), backAt, PER_SECOND);
    const rebuilt = await rebuildBeside(config, concertId, signal);
    return report([before, down, slow], drain, rebuilt);
  } finally {
    live.end();
    await witness.close();
    await fleet.stop();
  }
}

async function faults({ gateway }: Fleet, body: Readonly<Record<string, number>>): Promise<void> {
  const answer = await fetch(`${gateway.adminUrl}/faults`, { method: "PUT", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`Cannot set the gateway's faults: ${await answer.text()}`);
}

/** The two maps are compared at rest. */
async function untilEnded(witness: Witness, signal: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + DRAIN_MS;
  while ((await underWay(witness, signal)) > 0 && performance.now() < giveUpAt)
    await pauseOrThrow(200, signal);
}

/** Requests that have not ended. */
async function underWay(witness: Witness, signal: AbortSignal): Promise<number> {
  const { facts } = await witness.look(signal);
  return [...historiesOf(facts).values()].filter((history) => !isSettled(history)).length;
}

function report(phases: readonly Phase[], drain: Drain, rebuilt: Rebuilt): number {
  const [before, ...after] = phases;
  const times = Math.max(...after.map(({ p99 }) => p99)) / Math.max(before?.p99 ?? 0, 0.1);
  const refused = after.reduce((sum, phase) => sum + phase.refused, 0);
  const held = times <= MOST_TIMES_SLOWER && refused === 0 && drain.left === 0 && rebuilt.equal;
  if (process.argv.includes("--json")) {
    process.stdout.write(jsonOf({ held, phases, times, drain, rebuilt }));
    return held ? 0 : 1;
  }
  const shown = phases.map(({ name, requests, accepted, refused, p50, p99 }) => [
    ...[name, requests, accepted, refused, `${p50} ms`, `${p99} ms`],
  ]);
  const answers = [
    [
      "tight coupling: payment's trouble is intake's",
      `p99 ${times.toFixed(2)} times that of before (at most ${MOST_TIMES_SLOWER}), ${refused} refused`,
    ],
    [
      "no flow control: a slow side is overrun",
      `a backlog of ${drain.backlog} drained in ${drain.seconds.toFixed(1)} s at ${drain.perSecond.toFixed(0)}/s while ${PER_SECOND}/s more came, ${drain.left} left`,
    ],
    [
      "no reprocessing: what was missed is lost",
      `${rebuilt.records} records read again in ${(rebuilt.tookMs / 1000).toFixed(1)} s into an empty seat map with ${rebuilt.sold} sold: ${rebuilt.equal ? "equal to" : "DIFFERENT from"} the old one`,
    ],
  ];
  process.stdout.write(
    tableOf(["intake's POST /reservations", "requests", "accepted", "refused", "p50", "p99"], shown) +
      tableOf(["problem of synchronous calls", "answer"], answers),
  );
  return held ? 0 : 1;
}
