import crc32C from "kafkajs/src/protocol/recordBatch/crc32C/index.js";
import type { Header } from "../record.ts";
import { COMPRESSIONS, type Compression, compress } from "./compression.ts";
import { sizeOfVarint, writeInt64, writeVarint } from "./varint.ts";

export interface BatchRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
}

export interface BatchOptions {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** The idempotent producer's number of the batch's first record, per partition. */
  readonly firstSequence: number;
  readonly transactional: boolean;
  readonly compression: Compression;
  /** Epoch milliseconds, of all records. */
  readonly timestamp: number;
}

const HEADER_BYTES = 61;
/** Where what the checksum covers begins. */
const ATTRIBUTES_AT = 21;
const TRANSACTIONAL = 0x10;

/** Encodes one record batch (format version 2). Header names, order, repeats and null values are kept. */
export function encodeBatch(records: readonly BatchRecord[], options: BatchOptions): Buffer {
  const body = compress(options.compression, encodeRecords(records));
  const batch = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  const { timestamp, producerId, producerEpoch, firstSequence } = options;
  writeInt64(batch, 0, 0); // base offset: the broker's
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12); // leader epoch: the broker's
  batch[16] = 2;
  batch.writeInt16BE(
    COMPRESSIONS.indexOf(options.compression) | (options.transactional ? TRANSACTIONAL : 0),
    ATTRIBUTES_AT,
  );
  batch.writeInt32BE(records.length - 1, 23);
  writeInt64(batch, 27, timestamp);
  writeInt64(batch, 35, timestamp);
  writeInt64(batch, 43, producerId);
  batch.writeInt16BE(producerEpoch, 51);
  batch.writeInt32BE(firstSequence, 53);
  batch.writeInt32BE(records.length, 57);
  body.copy(batch, HEADER_BYTES);
  batch.writeUInt32BE(crc32C(batch.subarray(ATTRIBUTES_AT)), 17);
  return batch;
}

/** Bytes a record takes, uncompressed: to keep batches under the broker's limit. */
export function sizeOfRecord(record: BatchRecord, offsetDelta: number): number {
  const body = sizeOfBody(record, offsetDelta);
  return sizeOfVarint(body) + body;
}

function sizeOfBody(record: BatchRecord, offsetDelta: number): number {
  let size = 1 + 1 + sizeOfVarint(offsetDelta) + sizeOfBytes(record.key) + sizeOfBytes(record.value);
  size += sizeOfVarint(record.headers.length);
  for (const [name, value] of record.headers) {
    const length = Buffer.byteLength(name);
    size += sizeOfVarint(length) + length + sizeOfBytes(value);
  }
  return size;
}

function sizeOfBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : sizeOfVarint(bytes.length) + bytes.length;
}

function encodeRecords(records: readonly BatchRecord[]): Buffer {
  const sizes = records.map(sizeOfBody);
  let total = 0;
  for (const size of sizes) total += sizeOfVarint(size) + size;
  const target = Buffer.allocUnsafe(total);
  let at = 0;
  records.forEach((record, index) => {
    at = writeVarint(target, at, sizes[index] ?? 0);
    target[at++] = 0; // attributes, unused
    target[at++] = 0; // timestamp delta: all records carry the batch's
    at = writeVarint(target, at, index);
    at = writeBytes(target, at, record.key);
    at = writeBytes(target, at, record.value);
    at = writeVarint(target, at, record.headers.length);
    for (const [name, value] of record.headers) {
      at = writeVarint(target, at, Buffer.byteLength(name));
      at += target.write(name, at, "utf8");
      at = writeBytes(target, at, value);
    }
  });
  return target;
}

function writeBytes(target: Buffer, at: number, bytes: Buffer | null): number {
  if (bytes === null) return writeVarint(target, at, -1);
  const place = writeVarint(target, at, bytes.length);
  bytes.copy(target, place);
  return place + bytes.length;
}
