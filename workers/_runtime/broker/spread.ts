import type Cluster from "kafkajs/src/cluster/index.js";
import type { OutRecord } from "../record.ts";
import { partitionOfKey } from "./partitioner.ts";

/** The records of one partition of one topic, in the order they were given. */
export interface PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: OutRecord[];
}

/** Turns of records without key and partition, per topic. */
export type Turns = Map<string, number>;

/**
 * Groups records by partition; the key decides where none is named, records without a key take turns. The
 * topics must be known to the cluster.
 * @throws {RangeError} when a record names a partition that its topic doesn't have.
 */
export function spread(cluster: Cluster, records: readonly OutRecord[], turns: Turns): PartitionRecords[] {
  const groups = new Map<string, PartitionRecords>();
  for (const record of records) {
    const { topic } = record;
    const count = cluster.findTopicPartitionMetadata(topic).length;
    const partition = choose(record, count, turns);
    if (!Number.isInteger(partition) || partition < 0 || partition >= count)
      throw new RangeError(
        `Cannot write to '${topic}' as partition must be below ${count}: current value is ${partition}`,
      );
    const place = `${topic}-${partition}`;
    const group = groups.get(place);
    if (group) group.records.push(record);
    else groups.set(place, { topic, partition, records: [record] });
  }
  return [...groups.values()];
}

function choose(record: OutRecord, count: number, turns: Turns): number {
  if (record.partition !== undefined) return record.partition;
  if (record.key !== null) return partitionOfKey(record.key, count);
  const turn = turns.get(record.topic) ?? 0;
  turns.set(record.topic, turn + 1);
  return turn % count;
}
