import { identity, type Place } from "./identity.ts";
import type { KeyQueue } from "./key-queues.ts";
import type { KafkaRecord, OutRecord } from "./record.ts";
import type { Track } from "./track.ts";

/**
 * One run of a record in its owner's memory: an identity and a replay number, at the place in the log where it lies
 * now. It moves waiting -> running -> decided (its outcome is known) -> committing -> done; an outcome that asks for the same
 * attempt again goes back to waiting, a failed transaction back to decided.
 */
export interface Run {
  readonly track: Track;
  /** Where it lies now. */
  readonly offset: number;
  /** Of the record of ours read just before it on this track; tells done ones from what needs no place in the map. */
  previousOffset: number;
  state: "waiting" | "running" | "decided" | "committing" | "done";
  /** Undefined: beyond the memory cap; fetched again when it may run. */
  record: KafkaRecord | undefined;
  /** Of the body, bytes. */
  readonly bytes: number;
  /** Whether the body counts against the memory for records read ahead. */
  charged: boolean;
  /** Its key's; another from when a record that was started directly takes its place there. */
  queue: KeyQueue;
  /** The next one that waits in its queue, of the source topic. */
  behind: Run | undefined;
  /** Where it was first written: its identity for life. Undefined: here, it lies in its source topic. */
  readonly place: Place | undefined;
  /** The identity's offset: what order goes by. */
  readonly origin: number;
  readonly originTime: number;
  /** How often it was replayed from the DLQ. */
  readonly replays: number;
  /** The attempt that comes next, or is running. */
  readonly attempt: number;
  readonly firstFailed: number | undefined;
  /** Not to run before, epoch ms; 0 on source and replay topics. */
  readonly due: number;
  /** Of the running attempt: `performance.now()`, epoch ms, whether it probes the breaker, and successes before it. */
  startedAt: number;
  startedTime: number;
  probe: boolean;
  successesAtStart: number;
  /** What goes out in its transaction; set when decided. */
  out: readonly OutRecord[];
  outBytes: number;
}

/** The identity as it is written: `<topic>-<partition>-<offset>` of the origin. */
export function idOf({ place, track, offset }: Run): string {
  return place
    ? identity(place.topic, place.partition, place.offset)
    : identity(track.topic, track.partition, offset);
}
