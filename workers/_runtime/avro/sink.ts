/** Grows by doubling from here; one sink serves all encoding of a thread: encoding never waits. */
const FIRST_BYTES = 4096;

/** Up to this, writing character by character is faster than two calls into the engine; its length is one byte. */
const SHORT = 48;

/** Writes Avro's binary encoding. Values are checked by the caller; a sink only writes. */
export class Sink {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  get at(): number {
    return this.#at;
  }

  /** Leaves `reserved` bytes at the start for the caller, or goes back to where a part began. */
  reset(reserved: number): void {
    this.#at = reserved;
  }

  /** A copy of what was written; the reserved bytes are undefined. */
  take(): Buffer {
    const value = Buffer.from(this.#bytes.subarray(0, this.#at));
    if (this.#bytes.length > 1_048_576) this.#bytes = Buffer.allocUnsafe(FIRST_BYTES);
    return value;
  }

  boolean(value: boolean): void {
    this.#room(1);
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  /** Zigzag varint of a safe integer. */
  long(value: number): void {
    this.#room(10);
    const bytes = this.#bytes;
    if (value >= -0x40000000 && value < 0x40000000) {
      let small = (value << 1) ^ (value >> 31);
      for (; small > 0x7f; small >>>= 7) bytes[this.#at++] = (small & 0x7f) | 0x80;
      bytes[this.#at++] = small;
      return;
    }
    // |value| doubled needs 54 bits, one more than a double holds: the halves are doubled apart.
    const half = value < 0 ? -(value + 1) : value;
    let high = Math.floor(half / 0x8000000);
    let low = (half % 0x8000000) * 2 + (value < 0 ? 1 : 0);
    for (let bits = 0; bits < 28; bits += 7) {
      bytes[this.#at++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    // 0x40000000 and beyond always reach the fifth byte.
    for (; high > 0x7f; high >>>= 7) bytes[this.#at++] = (high & 0x7f) | 0x80;
    bytes[this.#at++] = high;
  }

  /** Zigzag varint of 64 bits. */
  bigint(value: bigint): void {
    if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) return this.long(Number(value));
    this.#room(10);
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }

  float(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeFloatLE(value, this.#at);
  }

  double(value: number): void {
    this.#room(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  string(value: string): void {
    if (value.length <= SHORT && this.#ascii(value)) return;
    const length = Buffer.byteLength(value);
    this.long(length);
    this.#room(length);
    this.#at += this.#bytes.write(value, this.#at, length, "utf8");
  }

  /** One byte of length and one a character, unless one of them is not ASCII: then nothing is written. */
  #ascii(value: string): boolean {
    this.#room(SHORT + 1);
    const bytes = this.#bytes;
    const from = this.#at + 1;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[from + index] = code;
    }
    bytes[this.#at] = value.length * 2;
    this.#at = from + value.length;
    return true;
  }

  bytes(value: Uint8Array): void {
    this.long(value.length);
    this.fixed(value);
  }

  fixed(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more));
    this.#bytes.copy(bytes, 0, 0, this.#at);
    this.#bytes = bytes;
  }
}
