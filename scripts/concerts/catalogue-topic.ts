import { concerts } from "../../schemas/topics.ts";
import { Concert } from "../../schemas/types.ts";
import type { Broker } from "../../workers/_runtime/broker.ts";
import type { Codec } from "../../workers/_runtime/codec.ts";
import { readFrame } from "../../workers/_runtime/frame.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";

/** What the topic says. */
export interface Standing {
  /** The newest per concert id. */
  readonly concerts: ReadonlyMap<string, Concert>;
  /** Records that can't be read as a concert; they count for nothing. */
  readonly unreadable: number;
}

const READ_BYTES = 1_048_576;

/**
 * Reads the whole topic as it stands now.
 * @throws {UsageError} when there is no such topic
 */
export async function readCatalogue(
  broker: Pick<Broker, "admin" | "readAt">,
  codec: Pick<Codec, "resolveName" | "decode">,
  signal: AbortSignal,
): Promise<Standing> {
  const { name: topic } = concerts;
  if (!(await broker.admin.listTopics()).includes(topic))
    throw new UsageError(`Cannot find topic '${topic}': run 'boxoffice topics apply' first`);
  const newest = new Map<string, { readonly at: number; readonly concert: Concert }>();
  let unreadable = 0;
  for (const { partition, low, high } of await broker.admin.offsets(topic)) {
    let offset = low;
    while (offset < high) {
      signal.throwIfAborted();
      const records = await broker.readAt(topic, partition, offset, READ_BYTES);
      for (const record of records) {
        offset = record.offset + 1;
        const concert = await concertIn(record.value, codec, signal);
        if (concert === undefined) unreadable += 1;
        // Adding partitions moves keys: the later record counts, wherever it lies.
        else if ((newest.get(concert.concertId)?.at ?? 0) <= record.timestamp)
          newest.set(concert.concertId, { at: record.timestamp, concert });
      }
      if (records.length === 0) break;
    }
  }
  return { concerts: new Map([...newest].map(([id, { concert }]) => [id, concert])), unreadable };
}

async function concertIn(
  value: Buffer | null,
  codec: Pick<Codec, "resolveName" | "decode">,
  signal: AbortSignal,
): Promise<Concert | undefined> {
  const frame = readFrame(value);
  if (frame.kind !== "event") return undefined;
  try {
    const name = await codec.resolveName(frame.schemaId, signal);
    return name === Concert.fullName ? codec.decode(Concert, frame.schemaId, frame.payload) : undefined;
  } catch (error) {
    if (error instanceof Error && UNREADABLE.has(error.name)) return undefined;
    throw error;
  }
}

/** What reading again would not change; a registry that is down is not among them. */
const UNREADABLE = new Set(["CorruptPayload", "Unresolvable", "UnknownSchemaId"]);
