import type { Bench, CaseResult, Verdict } from "./bench.ts";
import type { Finish } from "./contestant.ts";
import { fill } from "./fill.ts";
import { type Contestant, interleave, medianOf } from "./interleave.ts";
import { ours } from "./ours.ts";
import { saleOf } from "./sale.ts";
import { scramble } from "./seeded.ts";
import { OURS } from "./throughput.ts";
import { keyedWorker } from "./workers.ts";

const PEER = "Parallel Consumer (Java)";

/** Handlers that take 0 to 5 ms, one partition: how well different keys run side by side. */
export async function keyed(bench: Bench): Promise<CaseResult> {
  const { keyedRecords: records, keyedKeys, concurrency } = bench.options;
  const rounds: Record<string, readonly Finish[]> = {};
  const rows: string[][] = [];
  const verdicts: Verdict[] = [];
  for (const keys of keyedKeys) {
    const topic = bench.fleet.unique(`keyed-${keys}`);
    await fill(bench, topic, 1, records, (n) => saleOf(n, scramble(n + 1_000_003) % keys));
    const worker = (group: string) => keyedWorker(group, topic, concurrency, async () => {});
    const contestants: Contestant[] = [ours(bench, "keyed-ours.ts", worker)];
    if (bench.java)
      contestants.unshift({
        name: PEER,
        program: { ...bench.java, javaClass: "ParallelConsumer" },
        optional: true,
      });
    const words = { concurrency, work: "sleep" };
    const measured = await interleave(bench, `keyed-${keys}`, contestants, { topic, records, words });
    for (const [name, finishes] of Object.entries(measured)) rounds[`${name}, ${keys} keys`] = finishes;
    const seconds = (name: string) => medianOf(measured[name], (finish) => finish.seconds);
    const ratio = seconds(PEER) / seconds(OURS);
    const shown = [PEER, OURS].map((name) => show(seconds(name)));
    rows.push([
      String(keys),
      ...shown,
      show(ratio),
      ...[PEER, OURS].map((name) => show(slept(measured[name]))),
    ]);
    if (bench.java)
      verdicts.push({ goal: `no slower than ${PEER} at ${keys} keys`, figure: ratio, met: ratio >= 1 });
  }
  const head = ["keys", `${PEER} s`, "ours s", "ratio", "its handlers s", "our handlers s"];
  const about = `${records} records of 0 to 5 ms each, one partition, ${concurrency} at once`;
  return { name: "keyed", about, head, rows, verdicts, rounds };
}

/** The handlers' own time, together: timers of both platforms oversleep differently. */
function slept(finishes: readonly Finish[] | undefined): number {
  return medianOf(finishes, ({ more }) => more?.sleptSeconds ?? Number.NaN);
}

function show(value: number): string {
  return Number.isNaN(value) ? "-" : value.toFixed(2);
}
