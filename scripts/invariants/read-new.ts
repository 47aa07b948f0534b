import type { Broker } from "../../workers/_runtime/broker.ts";
import type { KafkaRecord } from "../../workers/_runtime/mod.ts";

/** Per partition the next offset to read; belongs to one topic. */
export type Positions = Map<number, number>;

const BYTES_A_READ = 1_048_576;

/**
 * Hands over every committed record of `topic` from `positions` up to the high watermark of now, and moves the
 * positions behind them. What retention or trimming took meanwhile is passed over.
 */
export async function readNew(
  broker: Pick<Broker, "admin" | "readAt">,
  topic: string,
  positions: Positions,
  hand: (record: KafkaRecord) => Promise<void> | void,
  signal: AbortSignal,
): Promise<void> {
  for (const { partition, low, high } of await broker.admin.offsets(topic)) {
    let position = Math.max(positions.get(partition) ?? 0, low);
    while (position < high) {
      signal.throwIfAborted();
      const records = await broker.readAt(topic, partition, position, BYTES_A_READ);
      // Nothing behind it but markers, or a transaction still open.
      if (records.length === 0) break;
      for (const record of records) {
        await hand(record);
        position = record.offset + 1;
      }
    }
    positions.set(partition, position);
  }
}
