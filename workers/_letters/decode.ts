import { compile, type Decode } from "../_runtime/avro/compile.ts";
import { InvalidSchema } from "../_runtime/avro/failures.ts";
import { simpleName } from "../_runtime/avro/names.ts";
import type { Node } from "../_runtime/avro/node.ts";
import { resolve } from "../_runtime/avro/resolve.ts";
import { parseSchema } from "../_runtime/avro/schema.ts";
import { CorruptPayload, createCodec, Unresolvable } from "../_runtime/codec.ts";
import type { RecordType } from "../_runtime/event.ts";
import { FRAME_BYTES, readFrame } from "../_runtime/frame.ts";
import { RecentlyUsed } from "../_runtime/recently-used.ts";
import { type Registry, UnknownSchemaId } from "../_runtime/registry.ts";
import type { Worker } from "../_runtime/worker.ts";
import type { Letter } from "./letter.ts";
import { type PersonalFields, personalFields } from "./personal.ts";

/** What came of reading a letter's value as an event. */
export type Reading = Read | Unread;

export interface Read {
  readonly ok: true;
  /** Full name. */
  readonly record: string;
  readonly schemaId: number;
  readonly event: { readonly [field: string]: unknown };
  readonly shape: Node;
  readonly personal: PersonalFields;
  /** "writer": the worker doesn't read such a record, or is no longer declared; the schema it was written with served. */
  readonly schema: "reader" | "writer";
}

export interface Unread {
  readonly ok: false;
  readonly schemaId: number | undefined;
  /** Class of the error. */
  readonly error: string;
  readonly reason: string;
}

export type Named = Pick<Letter, "worker" | "topic">;

export interface Decoder {
  /** Names of the fields of all events that workers of this build read. */
  readonly fields: ReadonlySet<string>;
  /**
   * The event in a value, as the letter's worker of this build would read it.
   * @throws {Unavailable} when the registry doesn't answer; what can't be decoded is told, not thrown
   */
  read(letter: Named, value: Buffer | null, signal: AbortSignal): Promise<Reading>;
  /** As `read` without waiting; undefined while the registry was not asked for the value's schema. */
  readNow(letter: Named, value: Buffer | null): Reading | undefined;
  /** Whether a worker of this build handles the record that a schema id stands for; "unknown" until it was asked for. */
  handles(letter: Named, schemaId: number): boolean | "unknown";
  /** Full name of the record that a schema id stands for, once it was asked for. */
  nameOf(schemaId: number): string | undefined;
  /** Asks the registry for what `readNow` and `handles` need; an id that it doesn't know is remembered as such. */
  learn(schemaId: number, signal: AbortSignal): Promise<void>;
  /** The worker of that name, when it reads that topic. */
  workerOf(letter: Named): Worker | undefined;
}

/** Ids that nobody knows, and writers' own schemas, remembered. */
const MOST_IDS = 1_000;

interface Shape {
  readonly node: Node;
  readonly personal: PersonalFields;
}

interface Written extends Shape {
  readonly decode: Decode;
}

export function createDecoder(registry: Registry, workers: readonly Worker[]): Decoder {
  const readers = readersOf(workers);
  const records = [...new Set([...readers.values()].flatMap((named) => [...named.values()]))];
  const codec = createCodec({ registry, records, topics: [] });
  const shapes = new Map<RecordType, Map<number, Shape>>();
  const written = new RecentlyUsed<number, Written | Unread>(MOST_IDS);
  const unknown = new RecentlyUsed<number, Unread>(MOST_IDS);

  async function learn(schemaId: number, signal: AbortSignal): Promise<void> {
    try {
      const name = await codec.resolveName(schemaId, signal);
      unknown.delete(schemaId);
      if (written.get(schemaId) === undefined) {
        const registered = await registry.schemaById(schemaId, signal);
        written.set(schemaId, writerOf(name, schemaId, registered.schema, registered.references));
      }
    } catch (error) {
      if (!(error instanceof UnknownSchemaId)) throw error;
      unknown.set(schemaId, { ok: false, schemaId, error: error.name, reason: error.message });
    }
  }

  const readerFor = (letter: Named, name: string) => readers.get(placeOf(letter))?.get(name);

  function readNow(letter: Named, value: Buffer | null): Reading | undefined {
    const frame = readFrame(value);
    if (frame.kind === "tombstone")
      return { ok: false, schemaId: undefined, error: "Tombstone", reason: "the value is null" };
    if (frame.kind === "poison")
      return { ok: false, schemaId: undefined, error: "Unframed", reason: frame.reason };
    const { schemaId } = frame;
    const name = codec.nameOf(schemaId);
    if (name === undefined) return unknown.get(schemaId);
    const own = written.get(schemaId);
    if (own === undefined || value === null) return undefined;
    const reader = readerFor(letter, name);
    try {
      if (reader !== undefined) {
        const event = codec.decode(reader, schemaId, value, FRAME_BYTES);
        const { node, personal } = shapeOf(shapes, reader, schemaId, own);
        return {
          ok: true,
          record: name,
          schemaId,
          event: { ...event },
          shape: node,
          personal,
          schema: "reader",
        };
      }
      if (!("decode" in own)) return own;
      const { node, personal } = own;
      const event = Object(own.decode(value, FRAME_BYTES));
      return { ok: true, record: name, schemaId, event, shape: node, personal, schema: "writer" };
    } catch (error) {
      if (!(error instanceof CorruptPayload || error instanceof Unresolvable)) throw error;
      return { ok: false, schemaId, error: error.name, reason: error.message };
    }
  }

  return {
    fields: fieldsOf(records),
    learn,
    readNow,
    nameOf: (schemaId) => codec.nameOf(schemaId),
    workerOf: ({ worker, topic }) =>
      workers.find(({ name, reads }) => name === worker && reads.some((read) => read.topic.name === topic)),
    handles(letter, schemaId) {
      const name = codec.nameOf(schemaId);
      if (name === undefined) return unknown.get(schemaId) === undefined ? "unknown" : false;
      return readerFor(letter, name) !== undefined;
    },
    async read(letter, value, signal) {
      const known = readNow(letter, value);
      if (known !== undefined) return known;
      const frame = readFrame(value);
      if (frame.kind === "event") await learn(frame.schemaId, signal);
      const read = readNow(letter, value);
      if (read === undefined) throw new Error("Cannot decode letter as its schema was let go at once");
      return read;
    },
  };
}

function placeOf({ worker, topic }: Named): string {
  return `${topic}.${worker}`;
}

function fieldsOf(records: readonly RecordType[]): ReadonlySet<string> {
  const fields = new Set(["type"]);
  for (const { schema } of records)
    for (const { name } of [Object(schema).fields ?? []].flat()) fields.add(String(name));
  return fields;
}

/** By source topic and worker, then by full name. */
function readersOf(workers: readonly Worker[]): Map<string, Map<string, RecordType>> {
  return new Map(
    workers.flatMap(({ name, reads }) =>
      reads.map(({ topic, records }) => [
        placeOf({ worker: name, topic: topic.name }),
        new Map(records.map((record) => [record.fullName, record])),
      ]),
    ),
  );
}

/** A field that either side marks is personal. */
function shapeOf(
  shapes: Map<RecordType, Map<number, Shape>>,
  reader: RecordType,
  schemaId: number,
  writer: Written | Unread,
): Shape {
  const ids = shapes.get(reader) ?? new Map<number, Shape>();
  shapes.set(reader, ids);
  const known = ids.get(schemaId);
  if (known !== undefined) return known;
  const personal = new Set(personalFields([reader.schema]));
  for (const field of "personal" in writer ? writer.personal : []) personal.add(field);
  const shape = { node: parseSchema(reader.schema), personal };
  if (ids.size < MOST_IDS) ids.set(schemaId, shape);
  return shape;
}

function writerOf(
  name: string,
  schemaId: number,
  schema: RecordType["schema"] | undefined,
  references: readonly RecordType["schema"][],
): Written | Unread {
  try {
    if (schema === undefined) throw new InvalidSchema("Cannot read schema as it is not JSON");
    const node = parseSchema(schema, references);
    if (node.kind !== "record") throw new InvalidSchema(`Cannot read value as an event: it is ${name}`);
    return {
      node,
      decode: compile(resolve(node, node), simpleName(name)),
      personal: personalFields([schema, ...references]),
    };
  } catch (error) {
    // Whatever a foreign schema does to the compiler, it is told and nothing more.
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      schemaId,
      error: "Unresolvable",
      reason: `Cannot read schema ${schemaId}: ${reason}`,
    };
  }
}
