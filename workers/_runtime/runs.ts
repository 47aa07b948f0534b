import { sizeOf } from "./context.ts";
import type { Ours } from "./headers.ts";
import type { KeyQueue } from "./key-queues.ts";
import { type KafkaRecord, NO_OUT } from "./record.ts";
import type { Run } from "./run-state.ts";
import type { Track } from "./track.ts";

/** What is known of a run beside the record itself. */
type Known = Pick<Run, "place" | "origin" | "originTime" | "replays" | "attempt" | "firstFailed" | "due">;

/** A record of the source topic: its place there is its identity, and whatever its headers say is the producer's. */
export function sourceRun(track: Track, record: KafkaRecord, queue: KeyQueue): Run {
  return runOf(track, record, queue, {
    place: undefined,
    origin: record.offset,
    originTime: record.timestamp,
    replays: 0,
    attempt: 1,
    firstFailed: undefined,
    due: 0,
  });
}

/** A record of a retry or replay topic: identity and times stand in our headers. */
export function derivedRun(
  track: Track,
  record: KafkaRecord,
  ours: Ours,
  parts: { readonly sourceTopic: string; readonly isReplay: boolean; readonly queue: KeyQueue },
): Run {
  const { sourceTopic, isReplay, queue } = parts;
  const { id } = ours;
  // Without a readable origin in this very partition it can't be put in order: then its own place has to do.
  const inOrder = id !== undefined && id.topic === sourceTopic && id.partition === record.partition;
  return runOf(track, record, queue, {
    place: id ?? { topic: record.topic, partition: record.partition, offset: record.offset },
    // An identity from elsewhere (an imported letter) has no place in this partition's order: it queues as the newest.
    origin: inOrder ? id.offset : Number.MAX_SAFE_INTEGER,
    originTime: ours.time ?? record.timestamp,
    replays: ours.replays ?? (isReplay ? 1 : 0),
    attempt: isReplay ? 1 : (ours.attempt ?? 1),
    firstFailed: isReplay ? undefined : ours.firstFailed,
    due: isReplay ? 0 : (ours.due ?? 0),
  });
}

/** A record of a retry or replay topic whose headers can't be read: its own place is all that is known of it. */
export function unreadableRun(track: Track, record: KafkaRecord, queue: KeyQueue): Run {
  const { topic, partition, offset } = record;
  return { ...sourceRun(track, record, queue), place: { topic, partition, offset } };
}

/** One literal: there is one for each record, and objects put together by spreading cost several times as much. */
function runOf(track: Track, record: KafkaRecord, queue: KeyQueue, known: Known): Run {
  return {
    track,
    offset: record.offset,
    previousOffset: -1,
    state: "waiting",
    record,
    bytes: sizeOf(record),
    charged: false,
    queue,
    place: known.place,
    origin: known.origin,
    originTime: known.originTime,
    replays: known.replays,
    attempt: known.attempt,
    firstFailed: known.firstFailed,
    due: known.due,
    startedAt: 0,
    startedTime: 0,
    probe: false,
    successesAtStart: 0,
    behind: undefined,
    out: NO_OUT,
    outBytes: 0,
  };
}
