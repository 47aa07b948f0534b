import { readFrame } from "../../../workers/_runtime/mod.ts";
import type { KafkaRecord } from "../../../workers/_runtime/record.ts";
import type { StoredId } from "./snapshot.ts";

/** Told apart in one topic; the rest counts as unframed: who writes rubbish behind a zero byte must not fill the memory. */
const MOST_IDS = 10_000;

export interface Tally {
  take(record: KafkaRecord): void;
  result(): { read: number; tombstones: number; unframed: number; ids: StoredId[] };
}

interface Seen {
  count: number;
  first: KafkaRecord;
  last: KafkaRecord;
}

/** Counts the schema ids in front of one topic's records; looks at five bytes of each and keeps no value. */
export function tallyIds(): Tally {
  const ids = new Map<number, Seen>();
  let [read, tombstones, unframed] = [0, 0, 0];
  return {
    take(record) {
      read++;
      const frame = readFrame(record.value);
      if (frame.kind === "tombstone") tombstones++;
      else if (frame.kind === "poison" || !count(ids, frame.schemaId, bare(record))) unframed++;
    },
    result: () => ({
      read,
      tombstones,
      unframed,
      ids: [...ids].map(([id, { count, first, last }]) => ({
        id,
        count,
        first: placeOf(first),
        last: placeOf(last),
      })),
    }),
  };
}

function count(ids: Map<number, Seen>, id: number, record: KafkaRecord): boolean {
  const seen = ids.get(id);
  if (seen === undefined) {
    if (ids.size >= MOST_IDS) return false;
    ids.set(id, { count: 1, first: record, last: record });
    return true;
  }
  seen.count++;
  if (before(record, seen.first)) seen.first = record;
  if (before(seen.last, record)) seen.last = record;
  return true;
}

/** Partitions are read side by side: the same log must give the same answer in whatever order. */
function before(a: KafkaRecord, b: KafkaRecord): boolean {
  return (a.timestamp - b.timestamp || a.partition - b.partition || a.offset - b.offset) < 0;
}

const placeOf = ({ partition, offset }: KafkaRecord) => ({ partition, offset });

/** The buffers are views of whole answers of the broker. */
function bare(record: KafkaRecord): KafkaRecord {
  return { ...record, key: null, value: null, headers: [] };
}
