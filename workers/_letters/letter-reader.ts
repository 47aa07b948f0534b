import type { Ours } from "../_runtime/headers.ts";
import type { Place } from "../_runtime/identity.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import { type Letter, partsOfDlq, readOurs } from "./letter.ts";

/** Texts kept to be shared; what comes later stands for itself. */
const MOST_SHARED = 50_000;

/**
 * Makes letters of records of DLQs. Letters of one reader share the texts that they have in common, which are most:
 * an index of a million letters is mostly that.
 */
export function letterReader(): (record: KafkaRecord) => Letter {
  const texts = new Map<string, string>();
  const names = new Map<string, { dlq: string; topic: string; worker: string }>();

  const share = (text: string): string => {
    const same = texts.get(text);
    if (same !== undefined) return same;
    if (texts.size < MOST_SHARED) texts.set(text, text);
    return text;
  };
  const shareTopic = (place: Place): Place => ({ ...place, topic: share(place.topic) });
  const shareTexts = (ours: Ours): Ours => ({
    ...ours,
    ...(ours.id && { id: shareTopic(ours.id) }),
    ...(ours.letter && { letter: shareTopic(ours.letter) }),
    ...(ours.error !== undefined && { error: share(ours.error) }),
    ...(ours.reason !== undefined && { reason: share(ours.reason) }),
    ...(ours.fingerprint !== undefined && { fingerprint: share(ours.fingerprint) }),
    ...(ours.worker !== undefined && { worker: share(ours.worker) }),
    ...(ours.build !== undefined && { build: share(ours.build) }),
    ...(ours.replay !== undefined && { replay: share(ours.replay) }),
  });
  const namesOf = (dlq: string) => {
    const known = names.get(dlq) ?? { dlq, ...(partsOfDlq(dlq) ?? { topic: dlq, worker: "unknown" }) };
    names.set(dlq, known);
    return known;
  };

  return (record) => {
    const { ours, malformed } = readOurs(record.headers);
    const { key, value } = record;
    const { dlq, topic, worker } = namesOf(record.topic);
    return {
      dlq,
      topic,
      worker,
      partition: record.partition,
      offset: record.offset,
      diedAt: record.timestamp,
      key: key && Buffer.from(key),
      bytes: value === null ? null : value.length,
      ours: shareTexts(ours),
      malformed,
    };
  };
}
