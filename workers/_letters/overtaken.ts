import type { Broker, PartitionOffsets } from "../_runtime/broker.ts";
import { schemaIdOf } from "../_runtime/frame.ts";
import type { Place } from "../_runtime/identity.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import type { Decoder } from "./decode.ts";
import type { Call } from "./desk.ts";
import { doneOffsets, type IsDone } from "./done-offsets.ts";
import { readRange } from "./follow.ts";
import { type Letter, letterId } from "./letter.ts";

/** Of a source partition, records looked at: what lies further back is not known. */
export const MOST_BACK = 1_000_000;
const SIDE_BY_SIDE = 4;
const SAMPLES = 10;

export interface Overtaken {
  /** Letters of whose key a newer event is done: replayed now, they come after what they should precede. */
  readonly letters: number;
  /** Their place in the source log can't be told, or is too far back, or gone. */
  readonly unknown: number;
  readonly samples: readonly string[];
}

/** Letters of one worker and key, with the newest done record of the key that was found. */
interface Queue {
  readonly letters: { readonly letter: Letter; readonly origin: Place }[];
  newestDone: number;
}

interface Reader {
  readonly worker: string;
  readonly done: IsDone;
  readonly queues: Map<string, Queue>;
}

interface SourcePartition {
  readonly topic: string;
  readonly partition: number;
  readonly readers: Map<string, Reader>;
  first: number;
}

/**
 * Looks, in one pass over each source partition, which letters have been overtaken by a newer event of their key that
 * their worker reads and is done with.
 */
export async function overtaken(
  broker: Broker,
  decoder: Decoder,
  letters: readonly Letter[],
  call: Call,
): Promise<Overtaken> {
  const existing = new Set(await broker.admin.listTopics());
  const { partitions, unknown } = await bySource(broker, letters, existing);
  const bounds = await boundsOf(broker, new Set(partitions.map(({ topic }) => topic)), existing);
  const ranges = partitions.map((each) => ({ ...each, ...rangeOf(each, bounds.get(each.topic) ?? []) }));
  const of = ranges.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
  let done = 0;
  const waiting = [...ranges];
  const scan = async () => {
    for (let range = waiting.shift(); range; range = waiting.shift()) {
      const { readers, topic } = range;
      let at = range.from;
      const unasked = new Map<number, Map<Queue, { reader: Reader; offset: number }>>();
      await readRange(broker, range, { signal: call.signal }, (records, position) => {
        for (const record of records) look(record, readers, decoder, unasked);
        done += position - at;
        at = position;
        call.progress?.("looking for newer events", done, of);
      });
      for (const [schemaId, queues] of unasked) {
        await decoder.learn(schemaId, call.signal);
        for (const [queue, { reader, offset }] of queues)
          if (decoder.handles({ worker: reader.worker, topic }, schemaId) === true)
            queue.newestDone = Math.max(queue.newestDone, offset);
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, scan));
  return summed(ranges, unknown);
}

/** Notes a done record of a key that is looked for; of schemas that nobody asked for yet the newest is kept. */
function look(
  { topic, partition, offset, key, value }: KafkaRecord,
  readers: ReadonlyMap<string, Reader>,
  decoder: Decoder,
  unasked: Map<number, Map<Queue, { reader: Reader; offset: number }>>,
): void {
  const schemaId = schemaIdOf(value);
  if (key === null || schemaId === undefined) return;
  const name = key.toString("latin1");
  for (const reader of readers.values()) {
    const queue = reader.queues.get(name);
    if (queue === undefined || !reader.done(partition, offset)) continue;
    const handles = decoder.handles({ worker: reader.worker, topic }, schemaId);
    if (handles === true) queue.newestDone = Math.max(queue.newestDone, offset);
    if (handles !== "unknown") continue;
    const queues = unasked.get(schemaId) ?? new Map();
    unasked.set(schemaId, queues);
    queues.set(queue, { reader, offset });
  }
}

async function bySource(
  broker: Broker,
  letters: readonly Letter[],
  existing: ReadonlySet<string>,
): Promise<{ partitions: SourcePartition[]; unknown: number }> {
  const partitions = new Map<string, SourcePartition>();
  const done = new Map<string, IsDone>();
  let unknown = 0;
  for (const letter of letters) {
    const { worker, topic, key } = letter;
    const origin = letter.ours.id;
    // One from another cluster has a place in another log.
    if (origin?.topic !== topic) {
      unknown++;
      continue;
    }
    // Records without a key have no order.
    if (key === null) continue;
    const source = `${topic}-${origin.partition}`;
    const group = `${topic} ${worker}`;
    // Of a topic that is gone nobody's offsets can be asked.
    const isDone =
      done.get(group) ?? (existing.has(topic) ? await doneOffsets(broker, worker, topic) : () => false);
    done.set(group, isDone);
    const found = partitions.get(source) ?? newSource(origin);
    partitions.set(source, found);
    found.first = Math.min(found.first, origin.offset);
    const reader = found.readers.get(worker) ?? { worker, done: isDone, queues: new Map<string, Queue>() };
    found.readers.set(worker, reader);
    const name = key.toString("latin1");
    const queue = reader.queues.get(name) ?? { letters: [], newestDone: -1 };
    reader.queues.set(name, queue);
    queue.letters.push({ letter, origin });
  }
  return { partitions: [...partitions.values()], unknown };
}

function newSource({ topic, partition, offset }: Place): SourcePartition {
  return { topic, partition, readers: new Map(), first: offset };
}

async function boundsOf(
  broker: Broker,
  topics: ReadonlySet<string>,
  existing: ReadonlySet<string>,
): Promise<Map<string, readonly PartitionOffsets[]>> {
  const bounds = new Map<string, readonly PartitionOffsets[]>();
  for (const topic of topics) if (existing.has(topic)) bounds.set(topic, await broker.admin.offsets(topic));
  return bounds;
}

/** Empty where the source is gone. */
function rangeOf(
  { partition, first }: SourcePartition,
  bounds: readonly PartitionOffsets[],
): { from: number; to: number } {
  const found = bounds.find((each) => each.partition === partition);
  if (found === undefined) return { from: Number.POSITIVE_INFINITY, to: 0 };
  return { from: Math.max(first + 1, found.low, found.high - MOST_BACK), to: found.high };
}

function summed(
  ranges: readonly (SourcePartition & { readonly from: number })[],
  without: number,
): Overtaken {
  let [count, unknown] = [0, without];
  const samples: string[] = [];
  for (const { readers, from } of ranges) {
    for (const { queues } of readers.values()) {
      for (const { letters, newestDone } of queues.values()) {
        for (const { letter, origin } of letters) {
          if (newestDone > origin.offset) {
            count++;
            if (samples.length < SAMPLES) samples.push(letterId(letter));
          } else if (origin.offset + 1 < from) unknown++;
        }
      }
    }
  }
  return { letters: count, unknown, samples };
}
