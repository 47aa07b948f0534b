import type { Broker } from "../../workers/_runtime/broker.ts";
import type { Worker } from "../../workers/_runtime/mod.ts";
import { isDrained } from "../topics/observe.ts";

/**
 * The workers' topics that their groups are not done with, source, retry and replay topics alike; none when
 * the fleet is at rest. Stops at the first of each worker: it is asked to know whether, not how much.
 */
export async function busyTopics(
  broker: Pick<Broker, "admin" | "readAt">,
  workers: readonly Worker[],
): Promise<string[]> {
  const existing = await broker.admin.listTopics();
  const busy = workers.map(async ({ name, reads }) => {
    const own = reads.flatMap(({ topic }) => [
      ...(existing.includes(topic.name) ? [topic.name] : []),
      ...existing.filter((other) => isDelayed(other, topic.name, name)),
    ]);
    for (const topic of own) if (!(await isDrained(broker, name, topic))) return [`${name}: ${topic}`];
    return [];
  });
  return (await Promise.all(busy)).flat();
}

function isDelayed(topic: string, source: string, worker: string): boolean {
  const prefix = `${source}.${worker}.`;
  return topic === `${prefix}replay` || topic.startsWith(`${prefix}retry.`);
}
