import { concerts, reservations } from "../../schemas/topics.ts";
import {
  type Broker,
  CorruptPayload,
  createCodec,
  type Event,
  type KafkaRecord,
  type RecordType,
  type Registry,
  readFrame,
  type Topic,
  UnknownSchemaId,
} from "../_runtime/mod.ts";

/** What a record is to a rebuild; `foreign`: a tombstone, or a record type that isn't the topic's. */
export type ReadEvent = (
  record: KafkaRecord,
  topic: Topic,
  signal: AbortSignal,
) => Promise<{ readonly event: Event } | "foreign" | "undecodable">;

/**
 * Decodes with this build's schemas. What can never be read is answered as `undecodable`; a schema that only this
 * build can't read is no reason to leave its records out: that throws.
 * @throws {Unavailable} while the registry is down
 * @throws {Unresolvable} run a build that knows the schema
 */
export function eventReader(registry: Registry): ReadEvent {
  const records: readonly RecordType[] = [...concerts.records, ...reservations.records];
  const codec = createCodec({ registry, records, topics: [] });
  return async ({ value }, topic, signal) => {
    const frame = readFrame(value);
    if (frame.kind === "tombstone") return "foreign";
    if (frame.kind === "poison") return "undecodable";
    try {
      const name = await codec.resolveName(frame.schemaId, signal);
      const type = topic.records.find(({ fullName }) => fullName === name);
      return type === undefined ? "foreign" : { event: codec.decode(type, frame.schemaId, frame.payload) };
    } catch (error) {
      if (error instanceof CorruptPayload || error instanceof UnknownSchemaId) return "undecodable";
      throw error;
    }
  };
}

/** Where a reader stands: `<topic>-<partition>` to the next offset. */
export type Positions = Map<string, number>;

const FETCH_BYTES = 1_048_576;

/**
 * Reads every partition of a topic from where `positions` says (the beginning, if nothing) to the newest
 * committed record, and moves `positions`. A topic that doesn't exist is empty.
 */
export async function readTopic(
  broker: Pick<Broker, "admin" | "readAt">,
  topic: string,
  positions: Positions,
  signal: AbortSignal,
  take: (record: KafkaRecord) => Promise<void>,
): Promise<void> {
  if (!(await broker.admin.partitionCounts([topic])).has(topic)) return;
  for (const { partition, low, high } of await broker.admin.offsets(topic)) {
    const place = `${topic}-${partition}`;
    let offset = Math.max(low, positions.get(place) ?? 0);
    while (offset < high) {
      signal.throwIfAborted();
      const records = await broker.readAt(topic, partition, offset, FETCH_BYTES);
      // Nothing committed behind it: what is left below the high watermark are markers and aborted records.
      const last = records.at(-1);
      if (last === undefined) break;
      for (const record of records) await take(record);
      offset = last.offset + 1;
    }
    positions.set(place, offset);
  }
}
