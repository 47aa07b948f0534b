import type { Bench, CaseResult } from "./bench.ts";
import type { Finish } from "./contestant.ts";
import { fill } from "./fill.ts";
import { type Contestant, interleave } from "./interleave.ts";
import { ours } from "./ours.ts";
import { receipts, saleOf } from "./sale.ts";
import { throughput } from "./throughput.ts";
import { emitWorker, PARTITIONS } from "./workers.ts";

const KEYS = 100_000;
const PEER = "kafkajs by batch, no transactions";

/** Reading, decoding, one event out for each, committed; ours exactly once. */
export async function emit(bench: Bench): Promise<CaseResult> {
  const { fleet, options } = bench;
  const records = options.emitRecords;
  const topic = fleet.unique("sales-to-emit");
  await fill(bench, topic, PARTITIONS, records, (n) => saleOf(n, n % KEYS));
  const prepare = async (group: string) => {
    const out = outOf(group);
    await fleet.prepare([receipts(out, PARTITIONS)], []);
    return { out, receiptSchemaId: await idOf(bench.registry, `${out}-bench.Receipt`) };
  };
  const verify = async (group: string, { records: wanted }: Finish) => {
    const found = await countOf(bench, outOf(group));
    if (found !== wanted) throw new Error(`'${outOf(group)}' holds ${found} events of ${wanted}`);
  };
  // At least once is all that it promises; how often it needed more is told, not held against it.
  const verifyPeer = async (group: string, { records: wanted }: Finish) => {
    const found = await countOf(bench, outOf(group));
    if (found < wanted) throw new Error(`'${outOf(group)}' holds ${found} events of ${wanted}`);
    if (found > wanted) bench.say(`emit: ${PEER} wrote ${found - wanted} events twice`);
  };
  const own = ours(bench, "emit-ours.ts", (group) => emitWorker(group, topic, outOf(group), () => {}));
  const contestants: Contestant[] = [
    { name: PEER, program: { file: "emit-kafkajs-batch.ts" }, prepare, verify: verifyPeer },
    {
      ...own,
      verify,
      prepare: async (group) => ({ ...(await prepare(group)), ...(await own.prepare?.(group)) }),
    },
  ];
  const rounds = await interleave(bench, "emit", contestants, { topic, records });
  const about = `${records} records, ${PARTITIONS} partitions, one event out for each; ours exactly once`;
  return throughput("emit", about, rounds, { peer: PEER, atLeast: 0.7 });
}

function outOf(group: string): string {
  return `${group}-out`;
}

/** Events in a topic, read committed. */
async function countOf({ fleet }: Bench, out: string): Promise<number> {
  let found = 0;
  for (const { partition, low, high } of await fleet.broker.admin.offsets(out)) {
    for (let offset = low; offset < high; ) {
      const batch = await fleet.broker.readAt(out, partition, offset, 4_000_000);
      const last = batch.at(-1);
      if (!last) break;
      found += batch.length;
      offset = last.offset + 1;
    }
  }
  return found;
}

async function idOf(registry: string, subject: string): Promise<number> {
  const response = await fetch(`${registry}/subjects/${encodeURIComponent(subject)}/versions/latest`);
  // The registry's answer for a subject that was registered a moment ago.
  const { id } = (await response.json()) as { id: number };
  return id;
}
