import { fullName } from "../../../workers/_runtime/avro/names.ts";
import type { SchemaVersion } from "../version.ts";
import { type ScannedTopic, type Snapshot, type StoredId, snapshotHistories } from "./snapshot.ts";

/** Records under one schema that lie in one topic. */
export interface Stored extends Pick<StoredId, "count" | "first"> {
  readonly in: Pick<ScannedTopic, "topic" | "kind" | "worker">;
}

/** A schema under which records of a source topic are, or were, written. */
export interface LiveWriter {
  /** The registry's. */
  readonly id: number;
  /** Source topic. */
  readonly topic: string;
  readonly version: SchemaVersion;
  /** The newest of its subject: what running producers write. */
  readonly newest: boolean;
  /** In the topic itself and in what is derived from it; empty: none, as far as was looked. */
  readonly stored: readonly Stored[];
}

/** Every registered version of every subject on a topic, and every other schema of which records lie in it. */
export function liveWriters(snapshot: Snapshot): LiveWriter[] {
  const writers = new Map<string, LiveWriter>();
  const versions = new Map<number, SchemaVersion>();
  const add = (topic: string, id: number, version: SchemaVersion, newest: boolean) => {
    const key = `${id} ${topic}`;
    const known = writers.get(key);
    if (known === undefined || (newest && !known.newest))
      writers.set(key, { id, topic, version, newest, stored: storedOf(snapshot, topic, id) });
  };
  for (const { subject, versions: registered } of snapshotHistories(snapshot)) {
    for (const version of registered) {
      if (version.id === undefined) continue;
      versions.set(version.id, version);
      add(topicOf(subject), version.id, version, version === registered.at(-1));
    }
  }
  for (const { id, text, references } of snapshot.others) {
    const file = `schema ${id}, of no subject`;
    versions.set(id, { label: `schema ${id}`, file, record: nameOf(text), text, references, id });
  }
  for (const { source, ids } of snapshot.topics ?? []) {
    for (const { id } of ids) {
      const version = versions.get(id);
      if (version !== undefined) add(source, id, version, false);
    }
  }
  return [...writers.values()];
}

/** A full name has no hyphen, a topic's name may. */
export function topicOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf("-"));
}

function storedOf({ topics }: Snapshot, topic: string, id: number): Stored[] {
  return (topics ?? [])
    .filter(({ source }) => source === topic)
    .flatMap((scanned) =>
      scanned.ids.filter((each) => each.id === id).map(({ count, first }) => ({ count, first, in: scanned })),
    );
}

function nameOf(text: string): string {
  try {
    return fullName(JSON.parse(text));
  } catch {
    return "unknown";
  }
}
