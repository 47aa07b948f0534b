import { foreign, type Ours, parseOurs, type Stage, withOurs } from "./headers.ts";
import { identity } from "./identity.ts";
import type { KafkaRecord, OutRecord } from "./record.ts";
import { idOf, type Run } from "./run-state.ts";

/** What every copy of one worker says of itself, and where its copies go. */
export interface CopyParts {
  readonly worker: string;
  readonly build: string;
  /** Of the partition whose runs these are. */
  readonly sourceTopic: string;
  readonly dlq: string;
}

/** Topic of what became of letters: compact, keyed by `bo-letter`. */
export const DEAD_LETTERS = "fleet.dead-letters";

/** A copy for a retry topic: the same partition, key, value and foreign headers, byte for byte. */
export function retryCopy(
  parts: CopyParts,
  run: Run,
  record: KafkaRecord,
  to: { topic: string; attempt: number; due: number; firstFailed?: number; failure: FailureHeaders },
): OutRecord {
  const ours: Ours = {
    ...identityOf(parts, run, record),
    attempt: to.attempt,
    due: to.due,
    ...(to.firstFailed === undefined ? {} : { firstFailed: to.firstFailed }),
    ...to.failure,
  };
  return copy(parts, record, to.topic, ours);
}

/** A copy for the DLQ; `attempt` is the last one made. */
export function deadLetterCopy(
  parts: CopyParts,
  run: Run,
  record: KafkaRecord,
  failure: FailureHeaders,
  now: number,
): OutRecord {
  const ours: Ours = {
    ...identityOf(parts, run, record),
    attempt: run.attempt,
    firstFailed: run.firstFailed ?? now,
    ...failure,
  };
  return copy(parts, record, parts.dlq, ours);
}

/** The same record again at the end of the topic it lies in, headers and all: its old place becomes done. */
export function movedCopy(record: KafkaRecord): OutRecord {
  const { topic, partition, key, value, headers } = record;
  return { topic, partition, key, value, headers };
}

/** What became of a replayed letter, for `fleet.dead-letters`; undefined for a run that is no replay. */
export function letterOutcome(
  parts: CopyParts,
  run: Run,
  record: KafkaRecord,
  outcome: "processed" | "dead again",
  now: number,
): OutRecord | undefined {
  if (run.replays === 0) return undefined;
  const { letter, replay } = parseOurs(record.headers);
  if (!letter) return undefined;
  const value = {
    outcome,
    plan: replay ?? null,
    replays: run.replays,
    worker: parts.worker,
    id: idOf(run),
    time: now,
  };
  return {
    topic: DEAD_LETTERS,
    key: Buffer.from(identity(letter.topic, letter.partition, letter.offset)),
    value: Buffer.from(JSON.stringify(value)),
    headers: [],
  };
}

export interface FailureHeaders {
  readonly stage: Stage;
  readonly error?: string;
  readonly reason?: string;
  readonly fingerprint?: string;
}

function identityOf(parts: CopyParts, run: Run, record: KafkaRecord): Ours {
  // What a replay was asked by stays on its copies, so that the outcome finds its plan and letter.
  const replayed = run.replays === 0 || run.track.topic === parts.sourceTopic ? {} : replayOf(run, record);
  return {
    id: run.place ?? { topic: parts.sourceTopic, partition: run.track.partition, offset: run.offset },
    time: run.originTime,
    worker: parts.worker,
    build: parts.build,
    ...replayed,
  };
}

function replayOf(run: Run, record: KafkaRecord): Ours {
  const { replay, letter } = parseOurs(record.headers);
  return {
    // The run's, not the header's, which may be missing: its key waits for a copy of this very run.
    replays: run.replays,
    ...(replay === undefined ? {} : { replay }),
    ...(letter === undefined ? {} : { letter }),
  };
}

function copy(parts: CopyParts, record: KafkaRecord, topic: string, ours: Ours): OutRecord {
  const theirs = record.topic === parts.sourceTopic ? record.headers : foreign(record.headers);
  return {
    topic,
    partition: record.partition,
    key: record.key,
    value: record.value,
    headers: withOurs(theirs, ours),
  };
}
