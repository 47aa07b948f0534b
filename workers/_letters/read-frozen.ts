import type { Broker } from "../_runtime/broker.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import { pause } from "../_runtime/wait.ts";
import type { FrozenPartition } from "./frozen.ts";

export interface ReadLetters {
  readonly letters: readonly KafkaRecord[];
  /** Offsets that retention took meanwhile. */
  readonly gone: readonly number[];
}

type Reader = Pick<Broker, "admin" | "readOn">;

const READ_BYTES = 1_048_576;
/** A broker that was just restarted may not know the end of its log yet: longest wait until what isn't there is gone. */
const PATIENCE_MS = 10_000;
const POLL_MS = 100;

/** The frozen letters of one partition with their bytes, read in pieces of about a megabyte, one piece ahead. */
export async function* readFrozen(
  broker: Reader,
  part: FrozenPartition,
  signal: AbortSignal,
): AsyncGenerator<ReadLetters> {
  const pieces = read(broker, part, signal);
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
  broker: Reader,
  { dlq, partition, runs }: FrozenPartition,
  signal: AbortSignal,
): AsyncGenerator<ReadLetters, void> {
  const wanted = offsetsOf(runs);
  let low = await lowOf(broker, dlq, partition);
  let waited = 0;
  for (let at = wanted.next(); !at.done; ) {
    signal.throwIfAborted();
    const letters: KafkaRecord[] = [];
    const gone: number[] = [];
    const from = at.value;
    const { records, next } =
      from < low ? { records: [], next: low } : await broker.readOn(dlq, partition, from, READ_BYTES);
    for (const record of records) {
      for (; !at.done && at.value < record.offset; at = wanted.next()) gone.push(at.value);
      if (at.done) break;
      if (at.value !== record.offset) continue;
      letters.push(record);
      at = wanted.next();
    }
    if (records.length === 0) {
      // Below the log's beginning, which may have moved since, or passed over by a reader that knew what comes next.
      low = Math.max(low, await lowOf(broker, dlq, partition));
      const known = Math.max(low, next);
      if (known <= from && waited < PATIENCE_MS) {
        await pause(POLL_MS, signal);
        waited += POLL_MS;
        continue;
      }
      // Else there is nothing behind it at all: the topic was made anew.
      const end = known > from ? known : Number.POSITIVE_INFINITY;
      for (; !at.done && at.value < end; at = wanted.next()) gone.push(at.value);
    }
    yield { letters, gone };
  }
}

function* offsetsOf(runs: FrozenPartition["runs"]): Generator<number, undefined> {
  for (const [first, count] of runs) for (let offset = first; offset < first + count; offset++) yield offset;
}

async function lowOf(broker: Reader, dlq: string, partition: number): Promise<number> {
  const bounds = await broker.admin.offsets(dlq);
  return bounds.find((one) => one.partition === partition)?.low ?? 0;
}
