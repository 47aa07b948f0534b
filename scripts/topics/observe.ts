import type { Broker } from "../../workers/_runtime/broker.ts";
import type { DeclaredTopic } from "../../workers/_runtime/derived-topics.ts";
import type { ActualTopic } from "./plan.ts";

/** What the broker has: every topic with its partition count, and the configuration of those declared. */
export async function observeTopics(
  { admin }: Pick<Broker, "admin">,
  declared: readonly DeclaredTopic[],
): Promise<ReadonlyMap<string, ActualTopic>> {
  const existing = await admin.listTopics();
  const known = new Set(existing);
  const wanted = declared.map((topic) => topic.name).filter((name) => known.has(name));
  const keys = [...new Set(declared.flatMap((topic) => Object.keys(topic.config)))];
  const [counts, configs] = await Promise.all([
    admin.partitionCounts(wanted),
    admin.topicConfigs(wanted, keys),
  ]);
  return new Map(
    existing.map((name) => [name, { partitions: counts.get(name) ?? 0, config: configs.get(name) ?? {} }]),
  );
}

/** Bytes looked at to find out whether there is any record. */
const PEEK_BYTES = 65_536;

/**
 * Whether group `group` has nothing left to do in `topic`. Without a commit everything in it counts as left.
 * Offsets alone don't tell: transactions end with a marker that takes an offset but is no record.
 */
export async function isDrained(
  port: Pick<Broker, "admin" | "readAt">,
  group: string | undefined,
  topic: string,
): Promise<boolean> {
  const committed =
    group === undefined ? [] : ((await port.admin.committed(group, [topic])).get(topic) ?? []);
  for (const { partition, low, high } of await port.admin.offsets(topic)) {
    const done = committed.find((each) => each.partition === partition)?.offset ?? low;
    const from = Math.max(done, low);
    if (from < high && (await port.readAt(topic, partition, from, PEEK_BYTES)).length > 0) return false;
  }
  return true;
}
