import { type Family, readTopics } from "../../_runtime/family.ts";
import type { Admin, CommittedOffset, PartitionOffsets } from "../../_runtime/mod.ts";

/** What the console knows of a worker's declaration. */
export interface WatchedWorker {
  readonly name: string;
  readonly serves: boolean;
  readonly families: readonly Family[];
}

export interface Progress {
  readonly members: number;
  readonly lag: number | undefined;
  readonly waiting: number;
  /** Sum of committed offsets of its source topics; undefined: it reads none. */
  readonly done: number | undefined;
}

/** How far each worker's group got, by Kafka alone. */
export async function readProgress(
  admin: Admin,
  workers: readonly WatchedWorker[],
): Promise<ReadonlyMap<string, Progress>> {
  const existing = await admin.listTopics();
  const known = new Set(existing);
  const readers = workers.filter(({ families }) => families.length > 0);
  const topicsOf = (worker: WatchedWorker) =>
    worker.families.flatMap((family) => readTopics(family, existing)).filter((topic) => known.has(topic));
  const offsets = await offsetsOf(admin, new Set(readers.flatMap(topicsOf)));
  const read = readers.map(async (worker): Promise<[string, Progress]> => {
    const topics = topicsOf(worker);
    const [committed, members] = await Promise.all([
      topics.length === 0
        ? new Map<string, readonly CommittedOffset[]>()
        : admin.committed(worker.name, topics),
      admin.members(worker.name),
    ]);
    const sources = new Set(worker.families.map(({ source }) => source));
    const sums = topics.map((topic) => ({
      source: sources.has(topic),
      ...sumOf(offsets.get(topic) ?? [], committed.get(topic) ?? []),
    }));
    const total = (field: "lag" | "done", source: boolean) =>
      sums.filter((each) => each.source === source).reduce((sum, each) => sum + each[field], 0);
    return [
      worker.name,
      {
        members: members.length,
        lag: total("lag", true),
        waiting: total("lag", false),
        done: total("done", true),
      },
    ];
  });
  return new Map(await Promise.all(read));
}

async function offsetsOf(
  admin: Admin,
  topics: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly PartitionOffsets[]>> {
  const read = [...topics].map(
    async (topic): Promise<[string, readonly PartitionOffsets[]]> => [topic, await admin.offsets(topic)],
  );
  return new Map(await Promise.all(read));
}

/** Pure. A group that committed nothing has all of it before it. */
export function sumOf(
  offsets: readonly PartitionOffsets[],
  committed: readonly CommittedOffset[],
): { readonly lag: number; readonly done: number } {
  const at = new Map(committed.map(({ partition, offset }) => [partition, offset]));
  let lag = 0;
  let done = 0;
  for (const { partition, low, high } of offsets) {
    const next = Math.max(low, at.get(partition) ?? low);
    lag += Math.max(0, high - next);
    done += next;
  }
  return { lag, done };
}
