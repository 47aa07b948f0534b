import { mismatches } from "../../../workers/_runtime/avro/plan.ts";
import { resolve } from "../../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../../workers/_runtime/avro/schema.ts";
import type { AvroSchema, Codec, RecordType } from "../../../workers/_runtime/mod.ts";
import { type Boundaries, boundaryValues } from "./boundary-values.ts";

/** One cause why a reader can't read what a writer may write. */
export interface Fault {
  /** Innermost record and field: `PaymentCaptured.amount`; array and map levels are `[]`. */
  readonly path: string;
  /** `was written as long, the reader has int`. */
  readonly reason: string;
  /** A value that can't be read: `symbol TOO_LATE`, or that none was tried. */
  readonly shows: string;
  /** No value at all can be read. */
  readonly always: boolean;
}

export interface Written {
  readonly schema: AvroSchema;
  readonly references: readonly AvroSchema[];
}

/** Told of one pair: whoever sees so many reads none. */
const MOST_FAULTS = 50;

/**
 * Encodes the writer's boundary values and decodes each as the worker would. Of a schema that has more of them than are
 * made, what the resolver finds counts though no value showed it: what wasn't tried isn't fine.
 * @param codec - that has been asked for `schemaId`
 */
export function judgePair(
  codec: Codec,
  record: RecordType,
  schemaId: number,
  { schema, references }: Written,
): Fault[] {
  let boundaries: Boundaries;
  try {
    boundaries = boundaryValues(parseSchema(schema, references));
  } catch (error) {
    // Nobody who uses this runtime can read what is written under it.
    return [{ path: record.name, reason: messageOf(error), shows: "any value", always: true }];
  }
  const { values, complete } = boundaries;
  const failed = values.flatMap((value) => {
    try {
      codec.decode(record, schemaId, value.bytes);
      return [];
    } catch (error) {
      return [{ value, message: messageOf(error) }];
    }
  });
  if (failed.length === 0 && complete) return [];
  const always = failed.length > 0 && failed.length === values.length;
  const faults = causes(record, { schema, references }).flatMap(({ path, reason }): Fault[] => {
    const hit = failed.find(({ message }) => message.includes(`'${path}'`));
    // What is refused before any byte is read lists its first ten causes only.
    const shown = hit ?? (always ? failed[0] : undefined);
    if (shown === undefined)
      return complete ? [] : [{ path, reason, shows: "a value that was not tried", always: false }];
    return [{ path, reason, shows: always ? "any value" : shown.value.shows, always }];
  });
  if (faults.length > 0) return faults.slice(0, MOST_FAULTS);
  const [first] = failed;
  if (first === undefined) return [];
  return [{ path: first.value.path, reason: first.message, shows: first.value.shows, always }];
}

/** By path, what the resolver finds. */
function causes(record: RecordType, { schema, references }: Written): { path: string; reason: string }[] {
  try {
    const byPath = new Map<string, string[]>();
    for (const { path, reason } of mismatches(
      resolve(parseSchema(schema, references), parseSchema(record.schema)),
    )) {
      byPath.set(path, [...(byPath.get(path) ?? []), reason]);
    }
    return [...byPath].map(([path, reasons]) => ({ path, reason: [...new Set(reasons)].join("; ") }));
  } catch {
    return [];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
