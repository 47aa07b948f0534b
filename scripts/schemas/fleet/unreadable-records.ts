import { simpleName } from "../../../workers/_runtime/avro/names.ts";
import type { SchemaVersion } from "../version.ts";
import type { Fault } from "./judge-pair.ts";
import { type Judge, meeting } from "./judging.ts";
import type { LiveWriter, Stored } from "./live-writers.ts";
import type { Reader } from "./readers.ts";

/** A worker of this checkout that can't read what a live schema writes. */
export interface Unreadable {
  readonly worker: string;
  readonly writer: LiveWriter;
  readonly reader: SchemaVersion;
  readonly fault: Fault;
}

/** Records that a worker reads now and, by this checkout, would skip without a word. */
export interface Unread {
  readonly worker: string;
  readonly writer: LiveWriter;
  /** A record of the same simple name that it reads instead: its namespace was changed. */
  readonly instead: SchemaVersion | undefined;
}

/** Whether records of the schema lie anywhere. */
export function isStored({ stored }: LiveWriter): boolean {
  return stored.length > 0;
}

/** Where a worker meets records of the schema: the source topic, and what is derived from it for the worker. */
export function storedFor({ stored }: LiveWriter, worker: string): Stored[] {
  return stored.filter((each) => each.in.worker === null || each.in.worker === worker);
}

export async function unreadableRecords(
  readers: readonly Reader[],
  writers: readonly LiveWriter[],
  judge: Judge,
): Promise<Unreadable[]> {
  const found: Unreadable[] = [];
  for (const reader of readers) {
    for (const writer of writers.filter(({ topic }) => topic === reader.topic)) {
      const met = await meeting(reader, writer.id);
      if (met === undefined) continue;
      for (const fault of judge(met, writer))
        found.push({ worker: reader.worker, writer, reader: met.version, fault });
    }
  }
  return found;
}

export interface Sides {
  readonly deployed: readonly Reader[];
  readonly declared: readonly Reader[];
  readonly writers: readonly LiveWriter[];
}

/**
 * What a worker gives up on purpose it gives up: told is only what waits for it in its own topics, or a record that
 * it still reads under another namespace.
 */
export async function unreadRecords({ deployed, declared, writers }: Sides): Promise<Unread[]> {
  const found: Unread[] = [];
  for (const before of deployed) {
    const { worker, topic } = before;
    const now = declared.find((each) => each.worker === worker && each.topic === topic);
    for (const writer of writers.filter((each) => each.topic === topic)) {
      if ((await meeting(before, writer.id)) === undefined) continue;
      if (now !== undefined && (await meeting(now, writer.id)) !== undefined) continue;
      const instead = now && sameSimpleName(now, writer);
      const waits = writer.stored.some((each) => each.in.worker === worker);
      if (waits || (instead !== undefined && (isStored(writer) || writer.newest)))
        found.push({ worker, writer, instead });
    }
  }
  return found;
}

function sameSimpleName({ records }: Reader, { version }: LiveWriter): SchemaVersion | undefined {
  const simple = simpleName(version.record);
  return [...records.values()].find((each) => simpleName(each.version.record) === simple)?.version;
}
