import type { SchemaVersion } from "../version.ts";
import type { Fault } from "./judge-pair.ts";
import { type Judge, meeting } from "./judging.ts";
import type { FleetWorker, Reader } from "./readers.ts";
import type { Precedence } from "./upgrade-order.ts";

/** A schema on a topic. */
export interface Own {
  readonly id: number;
  readonly topic: string;
  readonly version: SchemaVersion;
}

/** A worker that runs now, and can't read what this checkout's producers will write. */
export interface Broken {
  readonly worker: string;
  readonly topic: string;
  /** Those that may write it: an emitter of a topic may write each of its records. */
  readonly producers: readonly string[];
  readonly writer: SchemaVersion;
  readonly reader: SchemaVersion;
  readonly fault: Fault;
}

export interface BrokenOptions {
  readonly own: readonly Own[];
  readonly deployed: readonly Reader[];
  /** This checkout's. */
  readonly workers: readonly FleetWorker[];
  readonly judge: Judge;
}

export async function brokenReaders({ own, deployed, workers, judge }: BrokenOptions): Promise<Broken[]> {
  const found: Broken[] = [];
  for (const writer of own) {
    const { topic, version } = writer;
    for (const reader of deployed.filter((each) => each.topic === topic)) {
      const met = await meeting(reader, writer.id);
      if (met === undefined) continue;
      const producers = emitters(workers, topic);
      for (const fault of judge(met, writer))
        found.push({ worker: reader.worker, topic, producers, writer: version, reader: met.version, fault });
    }
  }
  return found;
}

export interface NewlyReadOptions {
  readonly own: readonly Own[];
  readonly newest: readonly Own[];
  readonly declared: readonly Reader[];
  readonly deployed: readonly Reader[];
  readonly workers: readonly FleetWorker[];
}

/**
 * Who reads a record that nobody has written yet goes before who writes it: a worker is done at once with a record that
 * is not its own, and what was written before would never be handled.
 */
export function newlyRead({ own, newest, declared, deployed, workers }: NewlyReadOptions): Precedence[] {
  const isNew = ({ topic, version }: Own) =>
    !newest.some((each) => each.topic === topic && each.version.record === version.record);
  return own.filter(isNew).flatMap(({ topic, version: { record } }) => {
    const consumers = declared.filter((reader) => reader.topic === topic && reader.records.has(record));
    return consumers
      .filter(({ worker }) => deployed.some((reader) => reader.worker === worker && reader.topic === topic))
      .flatMap(({ worker: first }) =>
        emitters(workers, topic).map((next) => ({
          ...{ first, next },
          why: `${first} as it runs now skips '${record}', which is new`,
        })),
      );
  });
}

function emitters(workers: readonly FleetWorker[], topic: string): string[] {
  return workers.filter(({ emits }) => emits.includes(topic)).map(({ worker }) => worker);
}
