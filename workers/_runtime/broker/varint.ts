/** Zigzag variable-length integers, as Kafka's records use them. */

export function sizeOfVarint(value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let size = 1;
  while (rest >= 0x80) {
    rest >>>= 7;
    size++;
  }
  return size;
}

/** Returns the place behind what was written. */
export function writeVarint(target: Buffer, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let place = at;
  while (rest >= 0x80) {
    target[place++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[place++] = rest;
  return place;
}

/** Reads one after the other; the only state is the place. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

export function readVarint(cursor: Cursor): number {
  const { bytes } = cursor;
  let byte = bytes[cursor.at++] ?? 0;
  if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
  let raw = byte & 0x7f;
  for (let shift = 7; shift < 35; shift += 7) {
    byte = bytes[cursor.at++] ?? 0;
    raw |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return (raw >>> 1) ^ -(raw & 1);
}

/** Up to 2^53: bit operations would cut at 32 bits. */
export function readVarlong(cursor: Cursor): number {
  const { bytes } = cursor;
  let raw = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[cursor.at++] ?? 0;
    raw += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
    scale *= 128;
  }
  return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
}

export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 4294967296 + bytes.readUInt32BE(at + 4);
}

export function writeInt64(target: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 4294967296);
  target.writeInt32BE(high, at);
  target.writeUInt32BE(value - high * 4294967296, at + 4);
}
