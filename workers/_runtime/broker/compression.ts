import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import lz4 from "lz4js";
import snappy from "snappyjs";

/** How the records of a batch are compressed on the wire; reading knows all of them. */
export type Compression = "none" | "gzip" | "snappy" | "lz4" | "zstd";

/** Kafka's numbers, the lowest three bits of a batch's attributes, are the places in this list. */
export const COMPRESSIONS: readonly Compression[] = ["none", "gzip", "snappy", "lz4", "zstd"];

/**
 * A batch of 1 MB on the wire can hold gigabytes of zeros. Beyond this it is refused, which stops the process
 * that reads it: better than the kernel stopping it for lack of memory.
 */
const MAX_UNCOMPRESSED_BYTES = 128 * 1024 * 1024;

export function compress(codec: Compression, bytes: Buffer): Buffer {
  switch (codec) {
    case "none":
      return bytes;
    case "gzip":
      return gzipSync(bytes);
    case "snappy":
      return snappy.compress(bytes); // without xerial's framing, which the broker and Java accept
    case "lz4":
      return compressLz4(bytes);
    case "zstd":
      return zstdCompressSync(bytes);
  }
}

/** @throws {RangeError} when the result would be larger than 128 MB. */
export function decompress(codec: Compression, bytes: Buffer): Buffer {
  switch (codec) {
    case "none":
      return bytes;
    case "gzip":
      return gunzipSync(bytes, { maxOutputLength: MAX_UNCOMPRESSED_BYTES });
    case "snappy":
      return isXerial(bytes)
        ? decompressXerial(bytes)
        : Buffer.from(snappy.uncompress(bytes, MAX_UNCOMPRESSED_BYTES));
    case "lz4":
      return view(lz4.decompress(bytes, lz4Bound(bytes)));
    case "zstd":
      return zstdDecompressSync(bytes, { maxOutputLength: MAX_UNCOMPRESSED_BYTES });
  }
}

const LZ4_BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * lz4js writes frames without the block independence flag, which Kafka insists on: byte 4 is the frame's
 * flags, byte 6 the header's checksum. True only while the content is one block, so larger content is refused.
 */
function compressLz4(bytes: Buffer): Buffer {
  if (bytes.length > LZ4_BLOCK_BYTES)
    throw new RangeError(
      `Cannot compress batch with lz4 as it must be at most ${LZ4_BLOCK_BYTES} bytes: current size is ${bytes.length}`,
    );
  const frame = view(lz4.compress(bytes));
  frame[4] = 0x60;
  frame[6] = 0x73;
  return frame;
}

/** Upper bound of what a frame's blocks can hold; lz4js' own does not know the frames Java writes. */
function lz4Bound(frame: Buffer): number {
  const flags = frame[4] ?? 0;
  const sizeClass = ((frame[5] ?? 0) >> 4) & 7;
  const blockBytes = 1 << (8 + 2 * sizeClass);
  let at = 7 + (flags & 0x08 ? 8 : 0);
  let bound = 0;
  while (at + 4 <= frame.length) {
    const size = frame.readUInt32LE(at) & 0x7fffffff;
    if (size === 0) break;
    at += 4 + size + (flags & 0x10 ? 4 : 0);
    bound += blockBytes;
    if (bound > MAX_UNCOMPRESSED_BYTES)
      throw new RangeError(`Cannot decompress batch as it is larger than ${MAX_UNCOMPRESSED_BYTES} bytes`);
  }
  return bound;
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

function isXerial(bytes: Buffer): boolean {
  return bytes.length >= XERIAL_HEADER_BYTES && bytes.subarray(0, 8).equals(XERIAL_MAGIC);
}

/** What Java's snappy stream writes: a header, then blocks, each with its length before it. */
function decompressXerial(bytes: Buffer): Buffer {
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = XERIAL_HEADER_BYTES; at + 4 <= bytes.length; ) {
    const size = bytes.readInt32BE(at);
    at += 4;
    const block = snappy.uncompress(bytes.subarray(at, at + size), MAX_UNCOMPRESSED_BYTES);
    total += block.length;
    if (total > MAX_UNCOMPRESSED_BYTES)
      throw new RangeError(`Cannot decompress batch as it is larger than ${MAX_UNCOMPRESSED_BYTES} bytes`);
    blocks.push(block);
    at += size;
  }
  return Buffer.concat(blocks, total);
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
