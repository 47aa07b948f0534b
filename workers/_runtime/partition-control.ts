import { UsageError } from "./errors.ts";
import { nameOf } from "./open.ts";
import type { Openings } from "./openings.ts";
import type { OwnedPartition } from "./owned.ts";
import type { PartitionControl } from "./partition-status.ts";

/** What operators may ask of the member that owns `owned`. */
export function partitionControl(
  owned: ReadonlyMap<string, OwnedPartition>,
  openings: Openings,
  draining: () => boolean,
): PartitionControl {
  return {
    listPartitions() {
      const opening = openings.list().map(({ family, partition }) => ({
        topic: family.source,
        partition,
        state: "opening" as const,
        committedOffset: undefined,
        parkedKeys: 0,
        outstanding: 0,
      }));
      return [...[...owned.values()].map((each) => each.status(draining())), ...opening];
    },
    async release(topic, partition, schemaId) {
      const found = owned.get(nameOf(topic, partition));
      if (!found)
        throw new UsageError(
          `Cannot release '${topic}' partition ${partition} as this process doesn't own it: ask the owner ('boxoffice partitions list')`,
        );
      if (!found.release(schemaId))
        throw new UsageError(`Cannot release '${topic}' partition ${partition} as it isn't halted`);
      return { released: 1 };
    },
  };
}
