/**
 * `npm run bench:spike`: records what an on-sale brings to the topic `reservations`, then has it drained by one member of
 * payment, by two, and by one that a second joins, behind a slow gateway; each beside what the simulation of docs/scaling.md
 * says of the very same arrivals.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { failure } from "../../scripts/failure.ts";
import { endWithNpm } from "../../scripts/lifeline.ts";
import { readSteps } from "../../scripts/load/file.ts";
import { runLoad } from "../../scripts/load/run-load.ts";
import { liveLine } from "../../scripts/start/live.ts";
import { jsonOf, tableOf } from "../../scripts/table.ts";
import { connectRegistry, createCodec } from "../../workers/_runtime/mod.ts";
import { loadWorker, loadWorkers } from "../../workers/all.ts";
import { machineLine, thisMachine } from "./machine.ts";
import { untilAtRest } from "./scaling/at-rest.ts";
import { type BenchFleet, startBenchFleet } from "./scaling/bench-fleet.ts";
import { type Comparison, compare, longestGap } from "./scaling/compare.ts";
import { type Drained, type DrainRun, drainRun } from "./scaling/drain-run.ts";
import { WORK } from "./scaling/policies.ts";
import { endsOf, recordsSince } from "./scaling/topic-bytes.ts";
import { timesOf, together, traceOf } from "./scaling/trace.ts";

const root = resolve(import.meta.dirname, "../..");
const ON_SALE = join(root, "tests/fixtures/on-sale.ndjson");
const GRAND_HALL = "grand-hall-gala";

/** So slow that a member waits and two cores have nothing to do with it: what is compared is scheduling. */
const GATEWAY_MS = 4_000;
/** Of the recorded records, that are sent again. */
const SHARE = 0.2;
const SECOND_AFTER_MS = 6_000;
/** Half of the longest grouping (`transaction.ts`). */
const COMMIT_SECONDS = 0.1;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    /** Also as the spike that docs/scaling.md simulates with. */
    keep: { type: "boolean", default: false },
  },
});
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
  process.env.GATEWAY_TIMEOUT ??= "15s";
  const bench = await startBenchFleet(live, { bench: false }, signal);
  try {
    const { trace, onSale } = await record(bench, signal);
    await bench.gatewayFaults({ latencyMs: GATEWAY_MS, latencyP99Ms: GATEWAY_MS });
    const sent = timesOf(
      together(trace, WORK).map((count) => Math.round(count * SHARE)),
      trace.stepMs,
    );
    const drained: Drained[] = [];
    let from = 0;
    for (const run of [
      { name: "one member", second: "none" },
      { name: "two members", second: "from the beginning" },
      { name: "one, then two", second: { afterMs: SECOND_AFTER_MS } },
    ] as const satisfies readonly Omit<DrainRun, "times" | "from">[]) {
      live.say(`${run.name}: ${sent.length} reservations`);
      drained.push(await drainRun(bench, { ...run, times: sent, from }, signal));
      from += sent.length;
    }
    const [, two, last] = drained;
    if (two?.readyMs === undefined || last?.secondStartedAt === undefined)
      throw new Error("Cannot say how long a join takes as nobody joined");
    const stoodSeconds = longestGap(last.paidAt, last.secondStartedAt) / 1000;
    // The handlers' own time is no part of it: payment's is another behind a real gateway.
    const times = {
      joinSeconds: Math.max(0, stoodSeconds - last.handlerSeconds),
      startSeconds: two.readyMs / 1000,
    };
    const figures = {
      ...{ at: new Date().toISOString(), machine, stoodSeconds, ...times },
      comparisons: await comparisons(bench, drained, times),
      onSale,
      trace,
    };
    mkdirSync(join(root, "results"), { recursive: true });
    writeFileSync(join(root, "results/bench-spike.json"), jsonOf({ ...figures, drained }));
    if (values.keep) writeFileSync(join(root, "docs/scaling/spike.json"), spikeText(figures));
    process.stdout.write(values.json ? jsonOf(figures) : table(figures));
  } finally {
    live.end();
    await bench.stop();
  }
}

/**
 * The on-sale of the fixtures through intake alone, at its own pace however slow the machine: what comes in is recorded, and
 * the others have it afterwards. Broken bytes stay out.
 */
async function record(bench: BenchFleet, signal: AbortSignal) {
  const { fleet, broker, config } = bench;
  live.say("recording an on-sale");
  const others = fleet.workers.filter(({ name }) => name !== "intake");
  await Promise.all(others.map((worker) => worker.process.stop()));
  const from = await endsOf(broker, "reservations");
  const shop = { url: fleet.intakeUrl, concertId: GRAND_HALL, run: `r${process.pid}`, timeoutMs: 10_000 };
  const load = await runLoad(
    { shop, steps: readSteps(ON_SALE), sow: async () => {}, note: () => {} },
    signal,
  );
  const codec = createCodec({ registry: connectRegistry(config.registry), records: [], topics: [] });
  const trace = await traceOf(await recordsSince(broker, "reservations", from), codec, signal);
  for (const worker of others) worker.process.start();
  live.say("the others catch up");
  await untilAtRest(broker, await loadWorkers(), signal);
  const { accepted, soldOut } = load.reservations;
  return { trace, onSale: { asked: load.answers.asked, taken: load.answers.taken, accepted, soldOut } };
}

async function comparisons(
  { broker }: BenchFleet,
  drained: readonly Drained[],
  { joinSeconds, startSeconds }: { readonly joinSeconds: number; readonly startSeconds: number },
) {
  const { concurrency } = await loadWorker("payment");
  const partitions = (await broker.admin.offsets("reservations")).length;
  const member = { concurrency, commitSeconds: COMMIT_SECONDS };
  return drained.map((each) =>
    compare(each, {
      ...{ partitions, member, join: joinSeconds, start: startSeconds },
      pods: each.name === "two members" ? 2 : 1,
    }),
  );
}

/** Each row of counts on a line: a person compares two recordings. */
function spikeText(figures: object): string {
  return jsonOf(figures).replace(/\[\n\s+(-?[\d.]+(?:,\n\s+-?[\d.]+)*)\n\s+\]/g, (_, numbers: string) => {
    return `[${numbers.replace(/\s+/g, "")}]`;
  });
}

function table(figures: {
  comparisons: readonly Comparison[];
  stoodSeconds: number;
  startSeconds: number;
}): string {
  const rows = figures.comparisons.map((each) => [
    ...[each.name, each.records, each.real.toFixed(1), each.simulated.toFixed(1)],
    ...[`${(100 * each.furthest).toFixed(1)} %`, `${each.mostLag.real} / ${each.mostLag.simulated}`],
  ]);
  const head = [
    "payment",
    "records",
    "real s",
    "simulated s",
    "curves apart at most",
    "most lag, real / simulated",
  ];
  return `${tableOf(head, rows)}the group stood ${figures.stoodSeconds.toFixed(1)} s when the second joined, ${figures.startSeconds.toFixed(1)} s after its exec it was ready\n`;
}
