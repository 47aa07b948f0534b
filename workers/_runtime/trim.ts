import type { Logger } from "pino";
import type { Admin } from "./broker.ts";
import type { Opened } from "./open.ts";

export interface Trimmed {
  readonly opened: Pick<Opened, "family" | "tracks">;
  /** By topic. */
  readonly transactions: { readonly committed: ReadonlyMap<string, number> };
  readonly partition: { readonly state: string };
}

/**
 * Deletes what is done from a partition's retry and replay topics, which keep everything by their retention. Only up to
 * the committed offset and never past the read position: a position below the log's start would reset the group.
 */
export async function trim(
  { opened, transactions, partition }: Trimmed,
  { admin, log }: { readonly admin: Pick<Admin, "deleteRecords">; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  for (const track of opened.tracks.values()) {
    if (track.topic === opened.family.source || partition.state === "closed" || signal.aborted) continue;
    const committed = transactions.committed.get(track.topic);
    const offset = committed === undefined ? 0 : Math.min(committed, track.next);
    if (offset <= track.trimmedTo) continue;
    try {
      await admin.deleteRecords(track.topic, track.partition, offset);
      track.trimmedTo = offset;
    } catch (error) {
      log.warn(
        { err: error, topic: track.topic, partition: track.partition, offset },
        "could not trim; trying again later",
      );
    }
  }
}
