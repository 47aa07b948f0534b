import { compile, type Decode } from "./avro/compile.ts";
import { type Encode, encoder } from "./avro/encode.ts";
import { EncodeFailed, InvalidSchema, Unresolvable } from "./avro/failures.ts";
import { fullName } from "./avro/names.ts";
import type { Node } from "./avro/node.ts";
import { resolve } from "./avro/resolve.ts";
import { parseSchema } from "./avro/schema.ts";
import type { Event, RecordType, Topic } from "./event.ts";
import { FRAME_BYTES, writeFrameHead } from "./frame.ts";
import { RecentlyUsed } from "./recently-used.ts";
import type { RegisteredSchema, Registry } from "./registry.ts";

export { CorruptPayload, EncodeFailed, Unresolvable } from "./avro/failures.ts";

/** Events in and out of bytes for one process. Only the two that take a signal ever wait. */
export interface Codec {
  /**
   * Full name of the record that a schema id stands for; undefined until `resolveName` has asked. A record that
   * a reader names as its alias has the reader's name. What is no Avro record has a name that no reader has.
   */
  nameOf(schemaId: number): string | undefined;
  /**
   * As `nameOf`, asking the registry at first use.
   * @throws {Unavailable} nothing is known about the id: wait and ask again
   * @throws {UnknownSchemaId} there is none: transient
   */
  resolveName(schemaId: number, signal: AbortSignal): Promise<string>;
  /**
   * The event in `bytes` from `from` on (else in all of them), after `resolveName` of its id; `type` is the record's simple name.
   * @throws {CorruptPayload} these bytes can never be read
   * @throws {Unresolvable} this build can't read what is written under this id, or not this datum
   */
  decode<E extends Event>(record: RecordType<E>, schemaId: number, bytes: Buffer, from?: number): E;
  /**
   * Looks up the ids of every record that may be emitted; before the first `encode`.
   * @throws {NotRegistered} saying to run `boxoffice schemas register`
   * @throws {Unavailable}
   */
  ready(signal: AbortSignal): Promise<void>;
  /**
   * `value` is the record's value, framed with the id.
   * @throws {EncodeFailed} naming the property that doesn't fit
   */
  encode<E extends Event>(topic: Topic<E>, event: E): { schemaId: number; value: Buffer };
  /** Of compiled readers, since the process began; a miss compiles one. */
  readonly lookups: { readonly hits: number; readonly misses: number };
}

export interface CodecOptions {
  readonly registry: Registry;
  /** The readers: what this process decodes. */
  readonly records: readonly RecordType[];
  /** What it emits to. */
  readonly topics: readonly Topic[];
}

/** Schemas of writers kept, each with its compiled readers. */
const MOST_WRITERS = 1_000;

interface Writer {
  readonly name: string;
  readonly registered: RegisteredSchema;
  readonly decoders: Map<RecordType, Decode>;
}

/** @throws {InvalidSchema} naming the record, when one of `records` or of the topics' has no valid schema. */
export function createCodec({ registry, records, topics }: CodecOptions): Codec {
  const readers = new Map(records.map((record) => [record, readerOf(record)]));
  const writers = new RecentlyUsed<number, Writer>(MOST_WRITERS);
  const emitters = new Map(topics.map((topic) => [topic.name, emittersOf(topic)]));
  const lookups = { hits: 0, misses: 0 };

  async function resolveName(schemaId: number, signal: AbortSignal): Promise<string> {
    const known = writers.get(schemaId);
    if (known !== undefined) return known.name;
    const registered = await registry.schemaById(schemaId, signal);
    const name = nameFor(registered, readers.values());
    writers.set(schemaId, { name, registered, decoders: new Map() });
    return name;
  }

  function decoderFor(record: RecordType, schemaId: number): Decode {
    const writer = writers.get(schemaId);
    // Only when a thousand other ids came between: transient, since the next attempt asks again.
    if (writer === undefined) throw new Error(`Cannot decode as schema ${schemaId} is not loaded yet`);
    const known = writer.decoders.get(record);
    if (known !== undefined) {
      lookups.hits++;
      return known;
    }
    lookups.misses++;
    const reader = readers.get(record) ?? readerOf(record);
    const decode = compileReader(record, reader, schemaId, writer.registered);
    writer.decoders.set(record, decode);
    return decode;
  }

  return {
    lookups,
    nameOf: (schemaId) => writers.get(schemaId)?.name,
    resolveName,
    // The plan was resolved into the very reader schema that E was generated from.
    decode: <E extends Event>(record: RecordType<E>, schemaId: number, bytes: Buffer, from = 0) =>
      decoderFor(record, schemaId)(bytes, from) as E,

    async ready(signal) {
      for (const [topic, emitted] of emitters) {
        for (const emitter of emitted.values()) {
          emitter.schemaId ??= await registry.idFor(
            subjectOf(topic, emitter.record),
            emitter.record.schema,
            signal,
          );
        }
      }
    },

    encode(topic, event) {
      const emitted = emitters.get(topic.name);
      const emitter = emitted?.get(event.type);
      if (emitter === undefined) {
        const carries =
          [...(emitted?.keys() ?? [])].join(", ") || "nothing that this worker declared in 'emits'";
        throw new EncodeFailed(
          `Cannot encode event for topic '${topic.name}' as it carries ${carries}: current type is '${event.type}'`,
        );
      }
      if (emitter.schemaId === undefined)
        throw new Error(`Cannot encode '${event.type}' before the codec is ready`);
      const value = emitter.encode(event, FRAME_BYTES);
      writeFrameHead(value, emitter.schemaId);
      return { schemaId: emitter.schemaId, value };
    },
  };
}

/** TopicRecordNameStrategy: records of several types share a topic, each evolves on its own. */
export function subjectOf(topic: string, record: RecordType): string {
  return `${topic}-${record.fullName}`;
}

interface Emitter {
  readonly record: RecordType;
  readonly encode: Encode;
  schemaId: number | undefined;
}

function emittersOf(topic: Topic): Map<string, Emitter> {
  return new Map(
    topic.records.map((record) => [
      record.name,
      { record, encode: encoder(readerOf(record)), schemaId: undefined },
    ]),
  );
}

function readerOf(record: RecordType): Node {
  const node = parseSchema(record.schema);
  if (node.kind !== "record" || node.name !== record.fullName) {
    throw new InvalidSchema(
      `Cannot use schema of '${record.fullName}' as it must be the record of that name`,
    );
  }
  if (node.fields.some((field) => field.name === "type")) {
    throw new InvalidSchema(
      `Cannot use schema of '${record.fullName}' as a field named 'type' would hide the record's name`,
    );
  }
  return node;
}

function nameFor({ format, schema }: RegisteredSchema, readers: Iterable<Node>): string {
  if (format !== "AVRO" || schema === undefined) return `a ${format} schema`;
  const name = fullName(schema);
  for (const reader of readers)
    if (reader.kind === "record" && reader.aliases.includes(name)) return reader.name;
  return name;
}

function compileReader(
  record: RecordType,
  reader: Node,
  schemaId: number,
  registered: RegisteredSchema,
): Decode {
  try {
    if (registered.schema === undefined) throw new InvalidSchema("Cannot read schema as it is not JSON");
    const decode = compile(
      resolve(parseSchema(registered.schema, registered.references), reader),
      record.name,
    );
    return (bytes, from) => {
      try {
        return decode(bytes, from);
      } catch (error) {
        if (error instanceof Unresolvable) throw unresolvable(record, schemaId, error);
        throw error;
      }
    };
  } catch (error) {
    // Whatever a foreign schema does to the compiler, it is the schema that can't be read, not the record.
    throw unresolvable(record, schemaId, error);
  }
}

function unresolvable(record: RecordType, schemaId: number, cause: unknown): Unresolvable {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Unresolvable(`Cannot read schema ${schemaId} as '${record.fullName}' of this build: ${reason}`, {
    cause,
  });
}
