import type { Logger } from "pino";
import type { Broker, CommittedOffset, PartitionOffsets, TransactionalProducer } from "./broker.ts";
import type { Family } from "./family.ts";
import { Track } from "./track.ts";

/** A source partition that was assigned, with all topics its family has now (source first). */
export interface PartitionId {
  readonly family: Family;
  readonly topics: readonly string[];
  readonly partition: number;
}

export interface Opened extends PartitionId {
  readonly producer: TransactionalProducer;
  readonly tracks: ReadonlyMap<string, Track>;
  /** What stood when it was opened, by topic. */
  readonly committed: ReadonlyMap<string, number>;
}

export function transactionalIdOf(worker: string, source: string, partition: number): string {
  return `${worker}-${source}-${partition}`;
}

export function nameOf(source: string, partition: number): string {
  return `${source}-${partition}`;
}

export interface OpenOptions {
  readonly broker: Broker;
  readonly groupId: string;
  /** Where a group that never committed starts on its source topics. */
  readonly start: "beginning" | "now";
  readonly log: Logger;
  /** Aborted when nobody wants them any more. */
  readonly signal: AbortSignal;
}

/**
 * Takes partitions over, in the only safe order: fence the last owner, then read the committed offsets and done maps (a
 * transaction still open would make the broker answer with the old ones), then the ends of the retry topics, up to
 * which they are scanned before any handler starts.
 * @throws when any of it fails; the producers are closed then.
 */
export async function openPartitions(ids: readonly PartitionId[], options: OpenOptions): Promise<Opened[]> {
  const { broker, groupId } = options;
  const producers = ids.map(({ family, partition }) =>
    broker.transactional(transactionalIdOf(groupId, family.source, partition)),
  );
  try {
    await Promise.all(producers.map((producer) => producer.fence()));
    options.signal.throwIfAborted();
    const topics = [...new Set(ids.flatMap((id) => id.topics))];
    const [committed, ...ends] = await Promise.all([
      broker.admin.committed(groupId, topics),
      ...topics.map((topic) => broker.admin.offsets(topic)),
    ]);
    const endsOf = new Map(topics.map((topic, i) => [topic, ends[i] ?? []]));
    return ids.map((id, i) => {
      const producer = producers[i];
      if (!producer)
        throw new RangeError(`Cannot open ${nameOf(id.family.source, id.partition)} as it has no producer`);
      return {
        ...id,
        producer,
        tracks: tracksOf(id, committed, endsOf, options),
        committed: offsetsOf(id, committed),
      };
    });
  } catch (error) {
    await Promise.all(producers.map((producer) => producer.close()));
    throw error;
  }
}

type Committed = ReadonlyMap<string, readonly CommittedOffset[]>;

function stands(committed: Committed, topic: string, partition: number): CommittedOffset | undefined {
  return committed.get(topic)?.find((each) => each.partition === partition);
}

function offsetsOf({ topics, partition }: PartitionId, committed: Committed): Map<string, number> {
  const offsets = new Map<string, number>();
  for (const topic of topics) {
    const offset = stands(committed, topic, partition)?.offset;
    if (offset !== undefined) offsets.set(topic, offset);
  }
  return offsets;
}

function tracksOf(
  { family, topics, partition }: PartitionId,
  committed: Committed,
  ends: ReadonlyMap<string, readonly PartitionOffsets[]>,
  { start, log }: OpenOptions,
): Map<string, Track> {
  const tracks = new Map<string, Track>();
  for (const topic of topics) {
    const end = ends.get(topic)?.find((each) => each.partition === partition);
    if (!end)
      throw new RangeError(
        `Cannot open partition ${partition} of '${topic}' as the topic doesn't have it: run 'boxoffice topics plan'`,
      );
    const found = stands(committed, topic, partition);
    const isSource = topic === family.source;
    const fresh = isSource && start === "now" ? end.high : end.low;
    const base = within(end, found?.offset ?? fresh);
    if (found?.offset !== undefined && found.offset !== base)
      log.error(
        { topic, partition, committed: found.offset, low: end.low, high: end.high },
        base > found.offset
          ? "records above the committed offset are gone from the log"
          : "the log lost its end: reading on where it ends now",
      );
    const metadata = found?.offset === base ? found.metadata : "";
    const track = new Track(topic, partition, { base, metadata, end: isSource ? base : end.high });
    // A first offset is committed at once: a group that starts "now" must not move its start with each restart.
    if (found?.offset === undefined) track.dirty = isSource && start === "now";
    tracks.set(topic, track);
  }
  return tracks;
}

/** A position above the log's end would drop all that is written until the log has grown up to it. */
function within({ low, high }: PartitionOffsets, offset: number): number {
  return Math.min(Math.max(offset, low), high);
}
