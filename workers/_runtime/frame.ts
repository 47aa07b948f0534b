/** Confluent framing: a zero byte, the schema id as four bytes big-endian, then the Avro bytes. */
export type Frame =
  | { readonly kind: "event"; readonly schemaId: number; readonly payload: Buffer }
  | { readonly kind: "tombstone" }
  | { readonly kind: "poison"; readonly reason: string };

const MAGIC = 0;

/** Bytes before the payload. */
export const FRAME_BYTES = 5;

/** The schema id of a framed event, without making anything of the rest; undefined: `readFrame()` says what it is. */
export function schemaIdOf(value: Buffer | null): number | undefined {
  return value !== null && value.length >= FRAME_BYTES && value[0] === MAGIC
    ? value.readInt32BE(1)
    : undefined;
}

/** Takes a record's value apart; `payload` is a view, not a copy. Never throws. */
export function readFrame(value: Buffer | null): Frame {
  if (value === null) return { kind: "tombstone" };
  if (value.length < FRAME_BYTES) {
    return {
      kind: "poison",
      reason: `value is too short for a schema id: ${value.length} of ${FRAME_BYTES} bytes`,
    };
  }
  if (value[0] !== MAGIC) {
    return {
      kind: "poison",
      reason: `value does not start with the magic byte 0: first byte is ${value[0]}`,
    };
  }
  return { kind: "event", schemaId: value.readInt32BE(1), payload: value.subarray(FRAME_BYTES) };
}

/**
 * The record value of `payload` written under schema `schemaId`.
 * @throws {RangeError} when the id is not a 32-bit integer.
 */
export function writeFrame(schemaId: number, payload: Buffer): Buffer {
  const value = Buffer.allocUnsafe(FRAME_BYTES + payload.length);
  writeFrameHead(value, schemaId);
  payload.copy(value, FRAME_BYTES);
  return value;
}

/** Writes the first five bytes of `value` in place, for an encoder that left room for them. */
export function writeFrameHead(value: Buffer, schemaId: number): void {
  value[0] = MAGIC;
  value.writeInt32BE(schemaId, 1);
}
