import type { Bench, CaseResult } from "./bench.ts";
import { fill } from "./fill.ts";
import { type Contestant, interleave } from "./interleave.ts";
import { ours } from "./ours.ts";
import { readerSchema, saleOf } from "./sale.ts";
import { throughput } from "./throughput.ts";
import { consumeWorker, PARTITIONS } from "./workers.ts";

const KEYS = 100_000;
const MESSAGE = "kafkajs eachMessage + registry.decode";

/** Reading, decoding, committing, and a handler that does nothing. */
export async function consume(bench: Bench): Promise<CaseResult> {
  const records = bench.options.consumeRecords;
  const topic = bench.fleet.unique("sales");
  await fill(bench, topic, PARTITIONS, records, (n) => saleOf(n, n % KEYS));
  const reader = { reader: JSON.stringify(readerSchema) };
  const own = ours(bench, "consume-ours.ts", (group) => consumeWorker(group, topic, () => {}));
  const contestants: Contestant[] = [
    { name: MESSAGE, program: { file: "consume-kafkajs-message.ts" }, words: { schema: "writer" } },
    {
      name: "the same, with a reader schema",
      program: { file: "consume-kafkajs-message.ts" },
      words: { schema: "reader" },
      share: 0.05,
    },
    { name: "kafkajs eachBatch + avsc, resolver kept", program: { file: "consume-kafkajs-batch.ts" } },
    { ...own, words: { ...own.words, handler: "plain" } },
    { ...own, name: "ours, async handler", words: { ...own.words, handler: "async" } },
  ];
  if (bench.java) {
    const spring = { ...bench.java, javaClass: "SpringConsumer" };
    const parallel = { ...bench.java, javaClass: "ParallelConsumer" };
    const words = { ...reader, work: "decode", concurrency: bench.options.concurrency };
    contestants.push({ name: "Spring Kafka (Java)", program: spring, words, optional: true });
    contestants.push({
      name: "Parallel Consumer (Java)",
      program: parallel,
      words,
      share: 0.1,
      optional: true,
    });
  }
  const rounds = await interleave(bench, "consume", contestants, { topic, records });
  const about = `${records} records, ${PARTITIONS} partitions, Avro into a reader schema, no-op handler, commits`;
  return throughput("consume", about, rounds, { peer: MESSAGE, atLeast: 1.2 });
}
