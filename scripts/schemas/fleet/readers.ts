import {
  type AvroSchema,
  type Codec,
  createCodec,
  type RecordType,
  record,
  type Worker,
} from "../../../workers/_runtime/mod.ts";
import { type RegisteredSchema, type Registry, UnknownSchemaId } from "../../../workers/_runtime/registry.ts";
import { selfContained } from "../self-contained.ts";
import type { SchemaVersion } from "../version.ts";
import type { Snapshot } from "./snapshot.ts";

/** A worker as it is declared, or was when the snapshot was made. */
export type FleetWorker = Snapshot["workers"][number];

/** One worker on one source topic, with the schemas that it reads by. */
export interface Reader {
  readonly worker: string;
  readonly topic: string;
  /** By full name. */
  readonly records: ReadonlyMap<string, { readonly type: RecordType; readonly version: SchemaVersion }>;
  readonly codec: Codec;
}

/** A worker that would not start with a schema, and why. */
export interface Unusable {
  readonly worker: string;
  readonly version: SchemaVersion;
  readonly reason: string;
}

/** @param versionOf - the schema by which the record is read on that topic; undefined: it has none */
export function readersOf(
  workers: readonly FleetWorker[],
  versionOf: (topic: string, record: string) => SchemaVersion | undefined,
  registry: Registry,
): { readonly readers: Reader[]; readonly unusable: Unusable[] } {
  const readers: Reader[] = [];
  const unusable: Unusable[] = [];
  for (const { worker, reads } of workers) {
    for (const { topic, records } of reads) {
      const known: [string, { type: RecordType; version: SchemaVersion }][] = [];
      for (const name of records) {
        const version = versionOf(topic, name);
        if (version === undefined) continue;
        try {
          const { schema, references } = parsed(version);
          const type = record(name, selfContained(schema, references));
          createCodec({ registry, records: [type], topics: [] });
          known.push([name, { type, version }]);
        } catch (error) {
          unusable.push({ worker, version, reason: error instanceof Error ? error.message : String(error) });
        }
      }
      const byName = new Map(known);
      const codec = createCodec({
        registry,
        records: [...byName.values()].map(({ type }) => type),
        topics: [],
      });
      readers.push({ worker, topic, records: byName, codec });
    }
  }
  return { readers, unusable };
}

/** @throws {SyntaxError} when a text is no JSON */
export function parsed({ text, references }: SchemaVersion): {
  schema: AvroSchema;
  references: AvroSchema[];
} {
  return { schema: JSON.parse(text), references: references.map((each) => JSON.parse(each)) };
}

/** A registry of what is at hand: the codec can't tell it from one that is far away. */
export function registryOf(schemas: ReadonlyMap<number, SchemaVersion>): Registry {
  return {
    async schemaById(id): Promise<RegisteredSchema> {
      const version = schemas.get(id);
      if (version === undefined) throw new UnknownSchemaId(id);
      try {
        return { format: "AVRO", ...parsed(version) };
      } catch {
        return { format: "AVRO", schema: undefined, references: [] };
      }
    },
    idFor: async () => 0,
  };
}

/** Declarations as a snapshot holds them. */
export function fleetWorkers(workers: readonly Worker[]): FleetWorker[] {
  return workers.map(({ name, reads, emits }) => ({
    worker: name,
    reads: reads.map(({ topic, records }) => ({
      topic: topic.name,
      records: records.map(({ fullName }) => fullName),
    })),
    emits: emits.map((topic) => topic.name),
  }));
}
