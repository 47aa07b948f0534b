import { setTimeout as sleep } from "node:timers/promises";
import type { OutRecord } from "../../workers/_runtime/mod.ts";
import type { Bench, CaseResult, Verdict } from "./bench.ts";
import type { Finish } from "./contestant.ts";
import { medianOf } from "./interleave.ts";
import { TRAIN } from "./late.ts";
import { ours } from "./ours.ts";
import { saleOf, writtenSales } from "./sale.ts";
import { OURS } from "./throughput.ts";
import { latenessWorker, PARTITIONS } from "./workers.ts";

const KEYS = 2_000;
const WARMUP_SECONDS = 4;
/** Between two sends of the producer. */
const TICK_MS = 10;
/** Until the group has joined and fenced. */
const JOIN_MS = 3_000;

/** Retries a second of which two thirds wait behind their key's head: how long after due they run, and in what order. */
export async function lateness(bench: Bench): Promise<CaseResult> {
  const { rounds, latenessRate: rate, latenessSeconds } = bench.options;
  const finishes: Finish[] = [];
  for (let round = 1; round <= rounds; round++) {
    finishes.push(await oneRound(bench, round));
    const { p50Ms, p99Ms, maxMs } = finishes.at(-1)?.more ?? {};
    bench.say(`lateness: round ${round}: p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`);
  }
  const middle = (name: string) => medianOf(finishes, ({ more }) => more?.[name] ?? Number.NaN);
  const sum = (name: string) => finishes.reduce((total, { more }) => total + (more?.[name] ?? Number.NaN), 0);
  const columns = ["p50Ms", "p99Ms", "maxMs"];
  const promises = ["early", "overtaken", "twice"];
  const counts = ["retries", "parked"];
  const rows = [
    [
      OURS,
      ...columns.map((name) => String(middle(name))),
      ...[...promises, ...counts].map((name) => String(sum(name))),
    ],
  ];
  const p99 = middle("p99Ms");
  const verdicts: Verdict[] = [
    { goal: "p99 at most 60 ms after due", figure: p99, met: p99 <= 60 },
    ...promises.map((name) => ({ goal: `0 ${name}`, figure: sum(name), met: sum(name) === 0 })),
  ];
  const about = `${rate} retries/s for ${latenessSeconds} s, 1 s delay, two of three parked behind their key's head; p50, p99, max after due`;
  const head = ["contestant", "p50 ms", "p99 ms", "max ms", ...promises, ...counts];
  return { name: "lateness", about, head, rows, verdicts, rounds: { [OURS]: finishes } };
}

async function oneRound(bench: Bench, round: number): Promise<Finish> {
  const { fleet, brokers, registry, options } = bench;
  const { latenessRate: rate } = options;
  const topic = fleet.unique(`late-${round}`);
  const group = fleet.unique(`lateness-${round}`);
  await fleet.prepare([writtenSales(topic, PARTITIONS)], []);
  const contestant = ours(bench, "lateness-ours.ts", (name) => latenessWorker(name, topic, () => {}));
  await contestant.prepare?.(group);
  const warmup = Math.floor((WARMUP_SECONDS * rate) / TRAIN) * TRAIN;
  const records = warmup + Math.floor((options.latenessSeconds * rate) / TRAIN) * TRAIN;
  const words = { brokers, registry, topic, group, records, whole: "yes", warmup, ...contestant.words };
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, bench.signal]);
  const producing = produce(bench, topic, { rate, records }, signal);
  try {
    const running = bench.contest(`lateness ${OURS}`, contestant.program, words);
    const [finish] = await Promise.all([running, producing]);
    return finish;
  } finally {
    over.abort();
    await producing.catch(() => {});
  }
}

/** At a steady rate, whatever becomes of it; a key's train of records goes out together. */
async function produce(
  { fleet }: Bench,
  topic: string,
  { rate, records }: { readonly rate: number; readonly records: number },
  signal: AbortSignal,
): Promise<void> {
  const target = writtenSales(topic, PARTITIONS);
  await sleep(JOIN_MS, undefined, { signal });
  const begun = performance.now();
  for (let n = 0; n < records; ) {
    const due = Math.min(records, ((performance.now() - begun) / 1000) * rate);
    const batch: OutRecord[] = [];
    for (; n + TRAIN <= due; n += TRAIN) {
      const key = (n / TRAIN) % KEYS;
      for (let i = 0; i < TRAIN; i++) batch.push(fleet.event(target, saleOf(n + i, key)));
    }
    if (batch.length > 0) await fleet.send(batch);
    await sleep(TICK_MS, undefined, { signal });
  }
}
