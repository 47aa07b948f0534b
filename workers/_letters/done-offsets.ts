import type { Broker } from "../_runtime/broker.ts";
import { type DoneRun, decodeDoneMap } from "../_runtime/done-map.ts";

/** Whether a record of a source partition is done for a worker's group. */
export type IsDone = (partition: number, offset: number) => boolean;

/** As the group last committed: what is below its offset, and what its done map names above it. */
export async function doneOffsets(broker: Broker, group: string, topic: string): Promise<IsDone> {
  const committed = (await broker.admin.committed(group, [topic])).get(topic) ?? [];
  const partitions = new Map<number, { offset: number; runs: readonly DoneRun[] }>();
  for (const { partition, offset, metadata } of committed)
    if (offset !== undefined) partitions.set(partition, { offset, runs: decodeDoneMap(offset, metadata) });
  return (partition, offset) => {
    const known = partitions.get(partition);
    if (known === undefined) return false;
    return offset < known.offset || known.runs.some(({ from, to }) => from <= offset && offset < to);
  };
}
