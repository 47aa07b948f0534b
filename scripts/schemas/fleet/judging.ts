import type { SchemaVersion } from "../version.ts";
import { type Fault, judgePair } from "./judge-pair.ts";
import { parsed, type Reader } from "./readers.ts";

/** Who meets what is written under a schema. */
export interface Met {
  readonly reader: Reader;
  /** Full name of the record it is for the reader. */
  readonly record: string;
  /** The schema that it is read by. */
  readonly version: SchemaVersion;
}

export interface Judge {
  (met: Met, writer: { readonly id: number; readonly version: SchemaVersion }): readonly Fault[];
  /** Asked so far, each pair of texts once. */
  pairs(): number;
}

/**
 * The record that a worker takes a schema id for, by the codec's own rule; undefined: it skips what is written so.
 * Also lets the codec know the id.
 */
export async function meeting(reader: Reader, schemaId: number): Promise<Met | undefined> {
  const record = await reader.codec.resolveName(schemaId, new AbortController().signal);
  const known = reader.records.get(record);
  return known && { reader, record, version: known.version };
}

/** Remembers verdicts: several workers read one record by one schema. */
export function judging(): Judge {
  const known = new Map<string, readonly Fault[]>();
  const judge = ({ reader, record, version }: Met, writer: { id: number; version: SchemaVersion }) => {
    const key = JSON.stringify([
      writer.version.text,
      writer.version.references,
      version.text,
      version.references,
    ]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const type = reader.records.get(record)?.type;
    const faults = type === undefined ? [] : judgePair(reader.codec, type, writer.id, parsed(writer.version));
    known.set(key, faults);
    return faults;
  };
  return Object.assign(judge, { pairs: () => known.size });
}
