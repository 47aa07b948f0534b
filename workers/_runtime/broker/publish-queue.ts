import type { OutRecord } from "../record.ts";
import type { PublishFailed } from "./failures.ts";

/** Under the broker's default of 1 MB a batch, whatever the records' partitions. */
const MAX_GROUP_BYTES = 900_000;
export const MAX_GROUP_RECORDS = 10_000;

/** One caller's records, until all are written or one is lost. */
export interface Call {
  readonly records: readonly OutRecord[];
  readonly bytes: number;
  readonly deadline: number;
  /** Refused together with others: goes next time alone, to learn whose record it was. */
  alone: boolean;
  settled: boolean;
  inFlight: boolean;
  settle(error?: PublishFailed): void;
}

/** The next calls that fit together; one that is larger than the limit goes by itself. */
export function takeGroup(queue: Call[]): Call[] {
  const group: Call[] = [];
  let bytes = 0;
  let records = 0;
  for (let next = queue[0]; next; next = queue[0]) {
    if (next.settled) {
      queue.shift();
      continue;
    }
    bytes += next.bytes;
    records += next.records.length;
    const fits = bytes <= MAX_GROUP_BYTES && records <= MAX_GROUP_RECORDS;
    if (group.length > 0 && (!fits || next.alone || group[0]?.alone)) break;
    group.push(next);
    queue.shift();
  }
  return group;
}
