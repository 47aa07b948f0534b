import type { Broker } from "../_runtime/broker.ts";
import type { Worker } from "../_runtime/worker.ts";

/** Whoever reads the topic, or has, or is declared to, but for the worker itself. */
export async function otherGroups(
  broker: Broker,
  workers: readonly Worker[],
  topic: string,
  worker: string,
): Promise<string[]> {
  const declared = workers.filter(({ reads }) => reads.some((read) => read.topic.name === topic));
  const groups = new Set([...(await broker.admin.groupsOn(topic)), ...declared.map(({ name }) => name)]);
  groups.delete(worker);
  return [...groups].sort();
}
