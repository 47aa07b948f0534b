import { isDeepStrictEqual } from "node:util";
import type { Concert } from "../../schemas/types.ts";

/** What applying one concert of a file means to the topic. */
export interface ConcertChange {
  readonly concert: Concert;
  readonly change: "new" | "changed" | "unchanged";
  /** Names of the fields that differ; empty unless changed. */
  readonly fields: readonly string[];
}

/** Compares what a file wants with the newest record per concert on the topic. */
export function changesOf(
  wanted: readonly Concert[],
  standing: ReadonlyMap<string, Concert>,
): readonly ConcertChange[] {
  return wanted.map((concert) => {
    const before = standing.get(concert.concertId);
    if (before === undefined) return { concert, change: "new", fields: [] };
    const fields = differing(concert, before);
    return { concert, change: fields.length > 0 ? "changed" : "unchanged", fields };
  });
}

function differing(concert: Concert, before: Concert): string[] {
  const old = new Map(Object.entries(before));
  // Avro instances are of a class of their own: compared as plain data.
  return Object.entries(concert)
    .filter(([field, value]) => !isDeepStrictEqual(plain(value), plain(old.get(field))))
    .map(([field]) => field);
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
