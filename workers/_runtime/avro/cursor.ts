import { CorruptPayload } from "./failures.ts";
import { Limits } from "./limits.ts";
import { isReplaced } from "./replaced.ts";

/** Up to this, building a string byte by byte is faster than a call into the engine. */
const SHORT = 8;

/** A bigint is made of its two halves at once. */
const HALVES = new DataView(new ArrayBuffer(8));

/**
 * Reads Avro's binary encoding. Every read is checked against the end of the payload and the range of its type;
 * a count against what the bytes left can hold, before anything is built. All methods throw `CorruptPayload`.
 */
export class Cursor {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #from = 0;
  /** Of the long that was read last, by `#halves`. */
  #high = 0;
  readonly limits = new Limits();

  /** The payload is what lies from `from` on. */
  start(bytes: Buffer, from = 0): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#from = from;
    this.limits.start();
  }

  end(): void {
    if (this.#at < this.#bytes.length) this.#corrupt(`${this.#bytes.length - this.#at} bytes are left over`);
  }

  boolean(): boolean {
    const byte = this.#byte();
    if (byte > 1) this.#corrupt(`a boolean is 0 or 1, not ${byte}`);
    return byte === 1;
  }

  int(): number {
    const value = this.long();
    if (value !== (value | 0)) this.#corrupt("an int is beyond 32 bits");
    return value;
  }

  /** Zigzag varint. What a number can't hold exactly is refused, never rounded. */
  long(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at++] ?? this.#truncated();
    let low = byte & 0x7f;
    if (byte > 0x7f) {
      byte = bytes[at++] ?? this.#truncated();
      low |= (byte & 0x7f) << 7;
      if (byte > 0x7f) {
        byte = bytes[at++] ?? this.#truncated();
        low |= (byte & 0x7f) << 14;
        if (byte > 0x7f) {
          byte = bytes[at++] ?? this.#truncated();
          low |= (byte & 0x7f) << 21;
          if (byte > 0x7f) return this.#wide(low, at);
        }
      }
    }
    this.#at = at;
    return (low >>> 1) ^ -(low & 1);
  }

  // From the fifth byte on: 28 bits are in `low`, 25 more keep |value| below 2^53; then exact in a double.
  #wide(low: number, from: number): number {
    const bytes = this.#bytes;
    let at = from;
    let high = 0;
    let shift = 0;
    let byte = 0x80;
    while (byte > 0x7f) {
      if (shift > 21) return this.#widest();
      byte = bytes[at++] ?? this.#truncated();
      high |= (byte & 0x7f) << shift;
      shift += 7;
    }
    if (high >= 0x4000000) return this.#widest();
    this.#at = at;
    const half = (low >>> 1) + high * 0x8000000;
    if ((low & 1) === 0) return half;
    if (half === Number.MAX_SAFE_INTEGER)
      this.#corrupt("a long is beyond 2^53, more than a number holds exactly");
    return -half - 1;
  }

  // Nine or ten bytes may still be a small number, written longer than it need be.
  #widest(): number {
    const value = this.#rounded();
    if (!Number.isSafeInteger(value))
      this.#corrupt("a long is beyond 2^53, more than a number holds exactly");
    return value;
  }

  /** A long of any size. */
  bigint(): bigint {
    return this.#isShort() ? BigInt(this.long()) : this.#longest();
  }

  /** Whether the varint here is of at most seven bytes: a number holds it, without a bigint for each step. */
  #isShort(): boolean {
    const to = this.#at + 7;
    for (let at = this.#at; at < to; at++) if ((this.#bytes[at] ?? 0) < 0x80) return true;
    return false;
  }

  #longest(): bigint {
    const low = this.#halves();
    HALVES.setInt32(0, this.#high);
    HALVES.setInt32(4, low);
    return HALVES.getBigInt64(0);
  }

  /** Of 64 bits, to the nearest double. */
  #rounded(): number {
    const low = this.#halves();
    return this.#high * 0x1_0000_0000 + (low >>> 0);
  }

  /**
   * The lower 32 bits of a long of any size; the upper ones are in `#high`. Not as one bigint that grows byte by byte:
   * ten bytes would leave a kilobyte of garbage, a megabyte of them a hundred.
   */
  #halves(): number {
    let [low, high] = [0, 0];
    for (let index = 0; index < 10; index++) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (index < 5) low |= bits << (7 * index);
      if (index === 4) high = bits >>> 4;
      if (index > 4) high |= bits << (7 * index - 32);
      if (byte > 0x7f) continue;
      if (index === 9 && bits > 1) break;
      const sign = -(low & 1);
      this.#high = (high >>> 1) ^ sign;
      return ((low >>> 1) | (high << 31)) ^ sign;
    }
    return this.#corrupt("a long is beyond 64 bits");
  }

  /** For a reader that has a double: rounded, as the specification's promotion does. */
  longAsDouble(): number {
    return this.#isShort() ? this.long() : this.#rounded();
  }

  float(): number {
    return this.#bytes.readFloatLE(this.skip(4));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.skip(8));
  }

  /** UTF-8; invalid bytes are refused, not replaced. */
  string(): string {
    const length = this.long();
    const from = this.skip(length);
    const bytes = this.#bytes;
    const to = this.#at;
    if (length <= SHORT) {
      let short = "";
      let at = from;
      for (; at < to; at++) {
        const byte = bytes[at] ?? 0;
        if (byte > 0x7f) break;
        short += String.fromCharCode(byte);
      }
      if (at === to) return short;
    }
    const text = bytes.toString("utf8", from, to);
    if (text.includes("\ufffd") && isReplaced(text, bytes, from, to)) this.#corrupt("a string is not UTF-8");
    return text;
  }

  /** A copy: the record's own bytes must stay as they are, whatever a handler does. */
  bytes(): Buffer {
    return this.fixed(this.long());
  }

  fixed(size: number): Buffer {
    const from = this.skip(size);
    const bytes = Buffer.allocUnsafe(size);
    this.#bytes.copy(bytes, 0, from, this.#at);
    return bytes;
  }

  /** Of an enum's symbol or a union's branch. */
  index(count: number): number {
    const index = this.long();
    if (index < 0 || index >= count) this.#corrupt(`an index is ${index} of ${count}`);
    return index;
  }

  /**
   * Elements in the next block of an array or map, 0 at its end.
   * @param least bytes that one element takes at least
   * @param memory bytes that one becomes
   */
  block(least: number, memory: number): number {
    let count = this.long();
    if (count < 0) {
      count = -count;
      if (this.long() < 0) this.#corrupt("a block has a negative size");
    }
    this.#afford(count, least);
    this.limits.build(count * memory);
    return count;
  }

  /** As `block`, but blocks that say their size are stepped over. */
  blockToSkip(least: number): number {
    let count = this.long();
    while (count < 0) {
      this.skip(this.long());
      count = this.long();
    }
    this.#afford(count, least);
    return count;
  }

  #afford(count: number, least: number): void {
    if (least === 0) return this.limits.emptyElements(count);
    const left = this.#bytes.length - this.#at;
    if (count * least > left)
      this.#corrupt(`a block of ${count} elements can't be in the ${left} bytes left`);
  }

  skipSized(): void {
    this.skip(this.long());
  }

  skipLong(): void {
    for (let length = 1; this.#byte() > 0x7f; length++) {
      if (length >= 10) this.#corrupt("a long is beyond 64 bits");
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at] ?? this.#truncated();
    this.#at++;
    return byte;
  }

  /** Steps over `length` bytes that are there; gives where they begin. */
  skip(length: number): number {
    const from = this.#at;
    if (length < 0 || length > this.#bytes.length - from) {
      this.#corrupt(`a value of ${length} bytes can't be in the ${this.#bytes.length - from} bytes left`);
    }
    this.#at = from + length;
    return from;
  }

  #truncated(): never {
    return this.#corrupt("it ends too early");
  }

  #corrupt(what: string): never {
    throw new CorruptPayload(
      `Cannot decode payload as ${what}: at byte ${this.#at - this.#from} of ${this.#bytes.length - this.#from}`,
    );
  }
}
