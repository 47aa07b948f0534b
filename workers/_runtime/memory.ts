import type { KafkaRecord } from "./record.ts";

/**
 * The budget for bodies of records that were read ahead from retry topics, over all partitions of a process. Beyond it
 * a record keeps its place and times only, and its body is fetched again when it may run.
 */
export class Memory {
  private readonly capBytes: number;
  usedBytes = 0;

  constructor(capBytes: number) {
    this.capBytes = capBytes;
  }

  /** True when the body may stay. */
  take(bytes: number): boolean {
    if (this.usedBytes + bytes > this.capBytes) return false;
    this.usedBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.usedBytes -= bytes;
  }
}

/**
 * A record on memory of its own. What is read is a view of a whole fetch response: one record kept for minutes would
 * keep a megabyte.
 */
export function detached(record: KafkaRecord): KafkaRecord {
  return {
    ...record,
    key: record.key && Buffer.from(record.key),
    value: record.value && Buffer.from(record.value),
    headers: record.headers.map(([name, value]) => [name, value && Buffer.from(value)] as const),
  };
}
