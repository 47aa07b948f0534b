import avsc from "avsc";
import { compile } from "../../../../workers/_runtime/avro/compile.ts";
import { resolve } from "../../../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../../../workers/_runtime/avro/schema.ts";
import type { AvroSchema } from "../../../../workers/_runtime/event.ts";

/** Decodes as the runtime does: written under one schema, read with another. */
export function decodeAs(writer: AvroSchema, reader: AvroSchema, bytes: Buffer): unknown {
  return compile(resolve(parseSchema(writer), parseSchema(reader)))(bytes);
}

export function decode(schema: AvroSchema, bytes: Buffer): unknown {
  return decodeAs(schema, schema, bytes);
}

/** avsc's own, to show what it would have done. A new options object each: avsc keeps names in it. */
export function peer(schema: AvroSchema, wrapUnions: "never" | "always" | "auto" = "never"): avsc.Type {
  // AvroSchema is avsc's Schema without its classes; the two are declared apart.
  return avsc.Type.forSchema(structuredClone(schema) as avsc.Schema, { wrapUnions });
}

export function record(name: string, ...fields: readonly object[]): AvroSchema {
  return { type: "record", name, fields };
}

/** Zigzag varint of any size, by the specification. */
export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
