import { errorType } from "../_runtime/broker/broker-error.ts";
import type { Broker, PartitionOffsets } from "../_runtime/broker.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import { pause } from "../_runtime/wait.ts";

/** Per topic and partition the next offset to read. */
export type Positions = Map<string, Map<number, number>>;

/** Where a partition began and ended when it was asked. */
export interface Bounds extends PartitionOffsets {
  readonly topic: string;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /**
   * Longest wait for transactions that are open below the high watermark; what they hold back is read the next time.
   * `Infinity`: all that was written, or begun, before the call has been read after it.
   * @default 0
   */
  readonly patienceMs?: number;
  /** Bytes in one answer of a broker. @default 4_194_304 */
  readonly maxBytes?: number;
  /** Records that were read, of those there are; at each answer. */
  readonly progress?: (done: number, of: number) => void;
}

/** Partitions read side by side: with `maxBytes` each, this bounds the memory. */
const SIDE_BY_SIDE = 8;
const POLL_MS = 20;

type Reader = Pick<Broker, "admin" | "readOn">;

/**
 * Hands over, in order by partition, every committed record of `topics` from `positions` up to the high watermarks of
 * now, and moves the positions behind what was read. What retention took is passed over; a partition that ends before
 * its position is another one by the same name, and read from its beginning.
 *
 * @returns the bounds of every partition, as they were when the call began; none of topics that don't exist
 * @throws what the broker port throws; the positions then stand behind what was handed over
 */
export async function follow(
  broker: Reader,
  topics: readonly string[],
  positions: Positions,
  take: (records: readonly KafkaRecord[]) => void,
  options: FollowOptions,
): Promise<readonly Bounds[]> {
  const { signal, progress } = options;
  const bounds = await allBounds(broker, topics);
  const waiting = bounds.map((each) => ({ bounds: each, from: startOf(each, positions) }));
  const of = waiting.reduce((sum, { bounds: { high }, from }) => sum + high - from, 0);
  let done = 0;
  const read = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { bounds: each, from } = next;
      const partitions = ofTopic(positions, each.topic);
      partitions.set(each.partition, from);
      await readRange(broker, { ...each, from, to: each.high }, options, (records, position) => {
        done += position - (partitions.get(each.partition) ?? from);
        take(records);
        partitions.set(each.partition, position);
        progress?.(Math.min(done, of), of);
      });
    }
  };
  signal.throwIfAborted();
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, waiting.length) }, read));
  return bounds;
}

export interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  /** Not read any more. */
  readonly to: number;
}

/**
 * Hands over the committed records of one range, an answer of the broker at a time, each with the position behind it.
 * Returns when `to` is reached or patience ends.
 */
export async function readRange(
  broker: Reader,
  { topic, partition, from, to }: Range,
  { signal, patienceMs = 0, maxBytes = 4_194_304 }: FollowOptions,
  take: (records: readonly KafkaRecord[], position: number) => void,
): Promise<void> {
  let waited = 0;
  for (let position = from; position < to; ) {
    signal.throwIfAborted();
    const { records, next } = await broker.readOn(topic, partition, position, maxBytes);
    if (next > position) {
      take(next <= to ? records : records.filter(({ offset }) => offset < to), Math.min(next, to));
      position = next;
      continue;
    }
    // Either open transactions hold the rest back, or retention overtook the reader.
    const now = (await boundsOf(broker, topic)).find((each) => each.partition === partition);
    if (now === undefined || now.high < position) return;
    if (now.low > position) {
      position = now.low;
      take([], Math.min(position, to));
    } else if (waited >= patienceMs) return;
    else {
      await pause(POLL_MS, signal);
      waited += POLL_MS;
    }
  }
}

async function allBounds(broker: Reader, topics: readonly string[]): Promise<readonly Bounds[]> {
  const named = (topic: string, bounds: readonly PartitionOffsets[]) =>
    bounds.map((each): Bounds => ({ ...each, topic }));
  try {
    const all = await broker.admin.offsetsOf(topics);
    return topics.flatMap((topic) => named(topic, all.get(topic) ?? []));
  } catch (error) {
    if (errorType(error) !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
    // One of them is gone: each for itself.
    const each = await Promise.all(topics.map(async (topic) => named(topic, await boundsOf(broker, topic))));
    return each.flat();
  }
}

/** None: there is no such topic, or no longer. */
export async function boundsOf(broker: Reader, topic: string): Promise<readonly PartitionOffsets[]> {
  try {
    return await broker.admin.offsets(topic);
  } catch (error) {
    if (errorType(error) === "UNKNOWN_TOPIC_OR_PARTITION") return [];
    throw error;
  }
}

function startOf({ topic, partition, low, high }: Bounds, positions: Positions): number {
  const known = positions.get(topic)?.get(partition) ?? low;
  return known > high ? low : Math.max(low, known);
}

function ofTopic(positions: Positions, topic: string): Map<number, number> {
  const known = positions.get(topic) ?? new Map<number, number>();
  positions.set(topic, known);
  return known;
}
