/**
 * What an operator waits for with 100,000 dead letters over a source log of 1,000,000 records: groups, and a plan with
 * and without the order check, each as a whole fresh process; then how fast a replay sends them, and how well it holds
 * a rate. `npm run bench:letters`, on a stack of its own.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startStack } from "../../scripts/stack/start.ts";
import { knownStates, planStore, readingDesk } from "../../workers/_letters/mod.ts";
import { withOurs } from "../../workers/_runtime/headers.ts";
import { defineWorker, from, type OutRecord } from "../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../workers/_runtime/registry.ts";
import { bareFleet, type Fleet, Note, noteTopic } from "../_support/fleet.ts";
import { machineLine, thisMachine } from "./machine.ts";
import { replayRate } from "./replay-rate.ts";

const PARTITIONS = 12;
const BATCH = 4_000;
const AHEAD = 3;
const GROUPS = 7;
const MINUTE_MS = 60_000;

/** Of the replay that holds a rate: a minute of it, and a little. */
const RATE = 500;
const RATED_LETTERS = 31_000;
const LEAST_PER_SECOND = 20_000;
const MOST_OFF = 0.05;

const TARGETS = { groups: 3, plan: 5, "plan with order check": 10 } as const;
type Measured = keyof typeof TARGETS;

const { values: given } = parseArgs({
  options: {
    letters: { type: "string", default: "100000" },
    records: { type: "string", default: "1000000" },
    /** Used by itself: what to do, in a fresh process, and where. */
    child: { type: "string" },
    source: { type: "string" },
    worker: { type: "string" },
  },
});

function declare(source: string, worker: string) {
  const topic = noteTopic(source, PARTITIONS);
  return { topic, worker: defineWorker({ name: worker, reads: [from(topic, Note)], handle() {} }) };
}

async function child(what: string, source: string, workerName: string): Promise<void> {
  const fleet = bareFleet(process.env);
  const { worker } = declare(source, workerName);
  const { broker, config } = fleet;
  const desk = readingDesk({
    broker,
    registry: connectRegistry(config.registry),
    workers: [worker],
    store: planStore(broker),
    states: knownStates(broker),
  });
  const call = { signal: AbortSignal.timeout(2 * MINUTE_MS), by: "bench" };
  const filter = { worker: [workerName] };
  try {
    if (what === "groups") {
      const { groups, letters } = await desk.groups(filter, call);
      console.log(`${letters} letters in ${groups.length} groups`);
    } else {
      const skipOrderCheck = what === "plan";
      const plan = await desk.plan({ filter, reason: "bench", skipOrderCheck }, call);
      console.log(`${plan.letters} letters, overtaken ${JSON.stringify(plan.overtaken).slice(0, 60)}`);
    }
  } finally {
    await fleet.close();
  }
}

async function write(fleet: Fleet, count: number, make: (n: number) => OutRecord): Promise<void> {
  const sending: Promise<void>[] = [];
  for (let first = 0; first < count; first += BATCH) {
    const batch: OutRecord[] = [];
    for (let n = first; n < Math.min(count, first + BATCH); n++) batch.push(make(n));
    sending.push(fleet.send(batch));
    if (sending.length >= AHEAD) await sending.shift();
  }
  await Promise.all(sending);
}

async function fill(fleet: Fleet, source: string, workerName: string, letters: number, records: number) {
  const { topic, worker } = declare(source, workerName);
  await fleet.prepare([topic], [worker]);
  const text = "x".repeat(40);
  // A fifth as many keys as records: most letters have a newer event of their key.
  const keys = Math.max(1, Math.floor(records / 5));
  const note = (n: number) => fleet.note(topic, { key: `reservation-${n % keys}`, n, text });
  await write(fleet, records, (n) => ({ ...note(n), partition: (n % keys) % PARTITIONS }));
  const perPartition = Math.floor(records / PARTITIONS);
  const step = Math.max(1, Math.floor(records / letters));
  await write(fleet, letters, (at) => {
    const n = at * step;
    const partition = (n % keys) % PARTITIONS;
    const headers = withOurs([["traceparent", Buffer.from(`00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`)]], {
      id: { topic: source, partition, offset: Math.min(perPartition - 1, Math.floor(n / PARTITIONS)) },
      time: Date.now(),
      attempt: 5,
      firstFailed: Date.now(),
      stage: "handle",
      error: "Permanent",
      reason: `Cannot charge reservation-${n % keys} as the gateway answers 402`,
      fingerprint: `f00df00d000${at % GROUPS}`,
      worker: workerName,
      build: "bench",
    });
    return { ...note(n), topic: `${source}.${workerName}.dlq`, partition, headers };
  });
  const producer = fleet.broker.transactional(fleet.unique("bench"));
  await producer.fence();
  const offsets = Array.from({ length: PARTITIONS }, (_, partition) => ({
    topic: source,
    partition,
    offset: perPartition,
    metadata: "",
  }));
  await producer.commit(workerName, [], offsets);
}

async function main(): Promise<void> {
  const letters = Number(given.letters);
  const records = Number(given.records);
  const machine = thisMachine();
  console.error(machineLine(machine));
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  const stack = await startStack({ services: ["kafka", "registry"], bench: true }, stop.signal);
  const environment = { ...process.env, ...stack.env };
  const fleet = bareFleet(environment);
  try {
    const source = fleet.unique("source");
    const worker = fleet.unique("worker");
    const begun = performance.now();
    await fill(fleet, source, worker, letters, records);
    console.error(`filled in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    const results = Object.keys(TARGETS).map((name) =>
      measure(name as Measured, source, worker, environment),
    );
    for (const { name, seconds, target, said } of results)
      console.log(`${name}: ${seconds.toFixed(2)} s (target ${target} s): ${said}`);
    const replays = await replay(fleet, { source, worker });
    mkdirSync("results", { recursive: true });
    writeFileSync(
      "results/letters.json",
      `${JSON.stringify({ machine, letters, records, results, ...replays }, null, 2)}\n`,
    );
    process.exitCode = results.every(({ seconds, target }) => seconds < target) && replays.met ? 0 : 1;
  } finally {
    await fleet.close();
    await stack.stop();
  }
}

async function replay(fleet: Fleet, filled: { readonly source: string; readonly worker: string }) {
  const declared = declare(filled.source, filled.worker);
  const unpaced = await replayRate(fleet, declared.topic, declared.worker, undefined);
  const perSecond = Math.round(unpaced.letters / unpaced.seconds);
  console.log(
    `replay: ${unpaced.letters} letters in ${unpaced.seconds.toFixed(2)} s, ${perSecond}/s (target ${LEAST_PER_SECOND}/s)`,
  );
  const [source, worker] = [fleet.unique("rated"), fleet.unique("rated-worker")];
  await fill(fleet, source, worker, RATED_LETTERS, RATED_LETTERS);
  const rated = declare(source, worker);
  const minute = (await replayRate(fleet, rated.topic, rated.worker, RATE)).perSecond.slice(0, 60);
  const mean = minute.reduce((sum, count) => sum + count, 0) / minute.length;
  const off = Math.abs(mean - RATE) / RATE;
  console.log(
    `replay --rate ${RATE}: ${mean.toFixed(1)}/s over ${minute.length} s, seconds from ${Math.min(...minute)} to ${Math.max(...minute)} (target within ${MOST_OFF * 100} %)`,
  );
  return { unpaced, minute, met: perSecond >= LEAST_PER_SECOND && minute.length === 60 && off <= MOST_OFF };
}

function measure(name: Measured, source: string, worker: string, env: NodeJS.ProcessEnv) {
  const begun = performance.now();
  const args = [import.meta.filename, "--child", name, "--source", source, "--worker", worker];
  const run = spawnSync(process.execPath, args, { encoding: "utf8", env, timeout: 3 * MINUTE_MS });
  if (run.status !== 0) throw new Error(`Cannot measure ${name}: ${run.stderr}`);
  return {
    name,
    seconds: (performance.now() - begun) / 1000,
    target: TARGETS[name],
    said: run.stdout.trim(),
  };
}

if (given.child === undefined) await main();
else await child(given.child, given.source ?? "", given.worker ?? "");
