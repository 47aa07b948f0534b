import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Broker, KafkaRecord } from "../../../workers/_runtime/mod.ts";

/** What a topic was given. */
export interface Written {
  readonly records: number;
  /** Key, value and headers. */
  readonly bytes: number;
}

/** The next offset of each partition. */
export type Ends = ReadonlyMap<number, number>;

export async function endsOf({ admin }: Broker, topic: string): Promise<Ends> {
  return new Map((await admin.offsets(topic)).map(({ partition, high }) => [partition, high]));
}

/** Every committed record of `topic` behind `from`, in order of partition and offset. */
export async function recordsSince(broker: Broker, topic: string, from: Ends): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  for (const [partition, high] of await endsOf(broker, topic)) {
    for (let offset = from.get(partition) ?? 0; offset < high; ) {
      const some = await broker.readAt(topic, partition, offset, 4_000_000);
      const last = some.at(-1);
      if (last === undefined) break;
      records.push(...some);
      offset = last.offset + 1;
    }
  }
  return records;
}

export function writtenOf(records: readonly KafkaRecord[]): Written {
  let bytes = 0;
  for (const { key, value, headers } of records) {
    bytes += (key?.length ?? 0) + (value?.length ?? 0);
    for (const [name, text] of headers) bytes += Buffer.byteLength(name) + (text?.length ?? 0);
  }
  return { records: records.length, bytes };
}

/** Of a broker's data folder: bytes in segments by topic, batches' heads and transactions' markers included. */
export function diskBytes(folder: string): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const entry of readdirSync(folder)) {
    const [, topic] = /^(.+)-\d+$/.exec(entry) ?? [];
    if (topic === undefined) continue;
    for (const file of readdirSync(join(folder, entry))) {
      if (!file.endsWith(".log")) continue;
      sums[topic] = (sums[topic] ?? 0) + statSync(join(folder, entry, file)).size;
    }
  }
  return sums;
}
