import type { OutRecord } from "../../workers/_runtime/mod.ts";
import type { Bench } from "./bench.ts";
import { type WrittenSale, writtenSales } from "./sale.ts";

const BATCH = 4_000;
/** Batches on their way at once: the broker is never idle, and memory stays bounded. */
const AHEAD = 3;

/** Creates a topic and writes `records` sales to it. */
export async function fill(
  { fleet, say, signal }: Bench,
  name: string,
  partitions: number,
  records: number,
  make: (n: number) => WrittenSale,
): Promise<void> {
  const target = writtenSales(name, partitions);
  await fleet.prepare([target], []);
  const begun = performance.now();
  const sending: Promise<void>[] = [];
  for (let from = 0; from < records; from += BATCH) {
    signal.throwIfAborted();
    const batch: OutRecord[] = [];
    for (let n = from; n < Math.min(records, from + BATCH); n++) batch.push(fleet.event(target, make(n)));
    sending.push(fleet.send(batch));
    if (sending.length >= AHEAD) await sending.shift();
  }
  await Promise.all(sending);
  say(`wrote ${records} records to ${name} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
