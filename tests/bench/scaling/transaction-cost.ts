import type { OutRecord, TransactionalProducer } from "../../../workers/_runtime/mod.ts";
import type { BenchFleet } from "./bench-fleet.ts";
import { processCpuMs } from "./meter.ts";

/** What transactions cost the broker, nothing else running. */
export interface TransactionCost {
  readonly producers: number;
  readonly recordsEach: number;
  readonly perSecond: number;
  readonly recordsPerSecond: number;
  /** Of the broker's CPU. */
  readonly msEach: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const VALUE = Buffer.alloc(200, 7);
const GROUP = "bench-transactions";

/**
 * As many producers as partitions, each with one transaction in flight, as the runtime has them: records out and an offset in
 * each. The topics have no readers.
 */
export async function transactionCost(
  { broker, stack }: BenchFleet,
  { producers, recordsEach, seconds }: { producers: number; recordsEach: number; seconds: number },
): Promise<TransactionCost> {
  const topic = `bench-transactions-${producers}-${recordsEach}`;
  await broker.admin.createTopics([{ name: topic, partitions: producers, config: {} }]);
  const writers = Array.from({ length: producers }, (_, i) => broker.transactional(`${topic}-${i}`));
  await Promise.all(writers.map((writer) => writer.fence()));
  const took: number[] = [];
  const before = processCpuMs(stack.kafka.pid);
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const loop = async (writer: TransactionalProducer, partition: number) => {
    const record: OutRecord = { topic, partition, key: null, value: VALUE, headers: [] };
    const records = Array.from({ length: recordsEach }, () => record);
    for (let offset = 0; performance.now() < until; offset++) {
      const from = performance.now();
      await writer.commit(GROUP, records, [{ topic, partition, offset, metadata: "" }]);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(writers.map(loop));
  const lasted = (performance.now() - begun) / 1000;
  const used = processCpuMs(stack.kafka.pid) - before;
  await Promise.all(writers.map((writer) => writer.close()));
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return {
    ...{ producers, recordsEach },
    perSecond: took.length / lasted,
    recordsPerSecond: (took.length * recordsEach) / lasted,
    msEach: used / took.length,
    ...{ p50Ms: at(0.5), p99Ms: at(0.99) },
  };
}
