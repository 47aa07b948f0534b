import { randomBytes } from "./data.ts";
import type { Random } from "./random.ts";

/** Of the rare big ones: as much as a record of Kafka's default size holds. */
const BIG = 1_000_000;

const KEY_BYTES = 6;
const ENTRY_BYTES = 1 + KEY_BYTES + 1;

/** Numbers that counts, lengths and indexes are replaced by. */
const NUMBERS = [
  -1n,
  1n,
  63n,
  64n,
  65_535n,
  65_536n,
  1n << 20n,
  1n << 31n,
  -(1n << 31n),
  1n << 53n,
  (1n << 63n) - 1n,
  -(1n << 63n),
];

/** Bytes that somebody sends who means harm, or whose disk is failing: seldom valid, mostly nearly. */
export function hostileFrom(valid: readonly Buffer[], random: Random): Buffer {
  const start =
    valid.length > 0 && random.chance(0.9) ? random.pick(valid) : randomBytes(random, random.below(64));
  let bytes: Buffer = Buffer.from(start);
  for (let left = 1 + random.below(4); left > 0; left--) bytes = mutated(bytes, random);
  return bytes;
}

function mutated(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(8)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 1:
      return Buffer.from(head);
    case 2:
      return Buffer.concat([head, varint(random.pick(NUMBERS)), tail.subarray(1)]);
    case 3:
      return Buffer.concat([head, varint(random.pick(NUMBERS)), tail]);
    case 4:
      return Buffer.concat([head, randomBytes(random, 1 + random.below(16)), tail]);
    case 5:
      return Buffer.concat([head, tail, tail]);
    case 6:
      return Buffer.concat([head, tail.subarray(1 + random.below(4))]);
    default: {
      // The same over and over: nesting, lists of nearly nothing, and with their count in front lists that are valid.
      const size = random.chance(0.002) ? BIG : random.below(2_000);
      const element = elementFrom(random);
      const areKeys = random.chance(0.2);
      const run = areKeys ? keysOf(size, random) : Buffer.alloc(size, element);
      const count = BigInt(Math.floor(size / (areKeys ? ENTRY_BYTES : element.length)));
      return Buffer.concat([head, random.chance(0.5) ? varint(count) : NOTHING, run, tail]);
    }
  }
}

const NOTHING = Buffer.alloc(0);

/** A few bytes, or a number of up to ten. */
function elementFrom(random: Random): Buffer {
  return random.chance(0.3) ? varint(random.pick(NUMBERS)) : randomBytes(random, 1 + random.below(3));
}

/** Entries of a map, each under a key of its own: six digits, and a byte for the value. */
function keysOf(size: number, random: Random): Buffer {
  const value = random.below(4);
  const entries = Math.floor(size / ENTRY_BYTES);
  const bytes = Buffer.alloc(entries * ENTRY_BYTES, value);
  for (let at = 0, key = 0; key < entries; at += ENTRY_BYTES, key++) {
    bytes[at] = KEY_BYTES * 2;
    bytes.write(String(key).padStart(KEY_BYTES, random.chance(0.5) ? "0" : "k"), at + 1, "latin1");
  }
  return bytes;
}

/** Zigzag, as Avro writes an int or long. */
function varint(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
