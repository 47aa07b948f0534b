import type { Header, KafkaRecord } from "../record.ts";
import { COMPRESSIONS, decompress } from "./compression.ts";
import { type Cursor, readInt64, readVarint, readVarlong } from "./varint.ts";

/** One aborted transaction that touches a fetched range. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface Decoded {
  /** Without markers and without what belongs to aborted transactions. */
  readonly records: KafkaRecord[];
  /** Behind the last complete batch, markers and emptied batches included; -1: there was none. */
  readonly nextOffset: number;
}

/** Cannot be read by trying again: the process must stop, not loop. */
export class UnreadableBatch extends Error {
  override name = "UnreadableBatch";
  /** kafkajs tries an error again unless it says this. */
  readonly retriable = false;
}

/** Offset, length, then what the length counts; the checksum was the broker's and TCP's task. */
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;

const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

const NO_HEADERS: readonly Header[] = [];

/**
 * Decodes the record batches of one fetched partition. The last one may be cut off: a fetch is limited by
 * bytes, not by batches.
 * @throws {UnreadableBatch}
 */
export function decodeBatches(
  topic: string,
  partition: number,
  bytes: Buffer,
  abortedTransactions: readonly AbortedTransaction[],
): Decoded {
  const records: KafkaRecord[] = [];
  const aborted = new Set<number>();
  const pending = [...abortedTransactions].sort((a, b) => a.firstOffset - b.firstOffset);
  let nextOffset = -1;
  for (let at = 0; at + RECORDS_AT <= bytes.length; ) {
    const end = at + LENGTH_AT + 4 + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    const batch = bytes.subarray(at, end);
    at = end;
    const baseOffset = readInt64(batch, 0);
    const lastOffset = baseOffset + batch.readInt32BE(LAST_OFFSET_DELTA_AT);
    nextOffset = lastOffset + 1;
    const attributes = batch.readInt16BE(ATTRIBUTES_AT);
    const producerId = readInt64(batch, PRODUCER_ID_AT);
    for (let first = pending[0]; first && first.firstOffset <= lastOffset; first = pending[0]) {
      aborted.add(first.producerId);
      pending.shift();
    }
    if (attributes & CONTROL) {
      // Only this flag tells a marker: a record whose key happens to be four zero bytes is a record.
      if (isAbortMarker(batch)) aborted.delete(producerId);
      continue;
    }
    if (attributes & TRANSACTIONAL && aborted.has(producerId)) continue;
    try {
      decodeBatch(topic, partition, batch, baseOffset, attributes, records);
    } catch (error) {
      throw new UnreadableBatch(
        `Cannot decode batch of '${topic}' partition ${partition} at offset ${baseOffset}: ${String(error)}`,
        { cause: error },
      );
    }
  }
  return { records, nextOffset };
}

/** A marker's key is two numbers, version and type; 0 is abort, 1 is commit. */
function isAbortMarker(batch: Buffer): boolean {
  const cursor = { bytes: batch, at: RECORDS_AT };
  readVarint(cursor); // length
  cursor.at++; // attributes
  readVarlong(cursor);
  readVarint(cursor);
  return readVarint(cursor) >= 4 && batch.readInt16BE(cursor.at + 2) === 0;
}

function decodeBatch(
  topic: string,
  partition: number,
  batch: Buffer,
  baseOffset: number,
  attributes: number,
  into: KafkaRecord[],
): void {
  const magic = batch[MAGIC_AT];
  if (magic !== 2)
    throw new RangeError(`its format is version ${magic}, older than Kafka 0.11; rewrite the topic`);
  const codec = COMPRESSIONS[attributes & 7];
  if (codec === undefined) throw new RangeError(`compression ${attributes & 7} is not known`);
  const count = batch.readInt32BE(COUNT_AT);
  if (count === 0) return;
  const firstTimestamp = readInt64(batch, FIRST_TIMESTAMP_AT);
  const appended = attributes & LOG_APPEND_TIME ? readInt64(batch, MAX_TIMESTAMP_AT) : undefined;
  const bytes = decompress(codec, batch.subarray(RECORDS_AT));
  const cursor: Cursor = { bytes, at: 0 };
  for (let i = 0; i < count; i++) {
    const length = readVarint(cursor);
    const end = cursor.at + length;
    if (length < 0 || end > bytes.length)
      throw new RangeError(`record ${i} of ${count} ends behind the batch`);
    cursor.at++; // attributes, unused
    const timestamp = appended ?? firstTimestamp + readVarlong(cursor);
    if (appended !== undefined) readVarlong(cursor);
    const offset = baseOffset + readVarint(cursor);
    const key = readBytes(cursor);
    const value = readBytes(cursor);
    const headers = readHeaders(cursor);
    cursor.at = end;
    into.push({ topic, partition, offset, timestamp, key, value, headers });
  }
}

function readBytes(cursor: Cursor): Buffer | null {
  const length = readVarint(cursor);
  if (length < 0) return null;
  const from = cursor.at;
  cursor.at += length;
  if (cursor.at > cursor.bytes.length) throw new RangeError("a field ends behind the batch");
  return cursor.bytes.subarray(from, cursor.at);
}

function readHeaders(cursor: Cursor): readonly Header[] {
  const count = readVarint(cursor);
  if (count <= 0) return NO_HEADERS;
  const headers: Header[] = [];
  for (let i = 0; i < count && cursor.at < cursor.bytes.length; i++) {
    const name = readBytes(cursor);
    headers.push([name === null ? "" : name.toString("utf8"), readBytes(cursor)]);
  }
  return headers;
}
