/** Record = Kafka bytes; event = the decoded value (see `event.ts`). */

/**
 * One header as it stood on the wire. A list, never an object: order, repeats and null values are the
 * producer's and must survive (an object loses `a,b,a`, throws on `__proto__` and moves `7` to the front).
 */
export type Header = readonly [name: string, value: Buffer | null];

/** A record as it was read. Offsets and timestamps are below 2^53. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
}

/** A record to be written. Without a partition the key decides, as Java's default partitioner does. */
export interface OutRecord {
  readonly topic: string;
  readonly partition?: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
}

/** For the many that write nothing. */
export const NO_OUT: readonly OutRecord[] = [];

/** An offset to commit: the next one to read, with the done map above it as metadata. */
export interface OffsetCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** At most 4096 bytes (the broker's offset.metadata.max.bytes). */
  readonly metadata: string;
}
