import type { Broker } from "../_runtime/broker.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import type { FrozenPartition } from "./frozen.ts";

export interface ReadLetters {
  readonly letters: readonly KafkaRecord[];
  /** Offsets that retention took meanwhile. */
  readonly gone: readonly number[];
}

const READ_BYTES = 1_048_576;

/** The frozen letters of one partition with their bytes, read in pieces of about a megabyte, one piece ahead. */
export async function* readFrozen(broker: Broker, part: FrozenPartition): AsyncGenerator<ReadLetters> {
  const pieces = read(broker, part);
  let next = pieces.next();
  for (;;) {
    const piece = await next;
    if (piece.done) return;
    next = pieces.next();
    // Who stops in the middle doesn't wait for what was read ahead.
    next.catch(() => {});
    yield piece.value;
  }
}

async function* read(
  broker: Broker,
  { dlq, partition, runs }: FrozenPartition,
): AsyncGenerator<ReadLetters, void> {
  const wanted = offsetsOf(runs);
  let low = await lowOf(broker, dlq, partition);
  for (let at = wanted.next(); !at.done; ) {
    const letters: KafkaRecord[] = [];
    const gone: number[] = [];
    const records = at.value < low ? [] : await broker.readAt(dlq, partition, at.value, READ_BYTES);
    for (const record of records) {
      for (; !at.done && at.value < record.offset; at = wanted.next()) gone.push(at.value);
      if (at.done) break;
      if (at.value !== record.offset) continue;
      letters.push(record);
      at = wanted.next();
    }
    if (records.length === 0) {
      // Below the log's beginning, which may have moved since; else there is nothing behind it at all.
      low = Math.max(low, await lowOf(broker, dlq, partition));
      const end = !at.done && at.value < low ? low : Number.POSITIVE_INFINITY;
      for (; !at.done && at.value < end; at = wanted.next()) gone.push(at.value);
    }
    yield { letters, gone };
  }
}

function* offsetsOf(runs: FrozenPartition["runs"]): Generator<number, undefined> {
  for (const [first, count] of runs) for (let offset = first; offset < first + count; offset++) yield offset;
}

async function lowOf(broker: Broker, dlq: string, partition: number): Promise<number> {
  const bounds = await broker.admin.offsets(dlq);
  return bounds.find((one) => one.partition === partition)?.low ?? 0;
}
