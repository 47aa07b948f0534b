import type { Queue } from "bullmq";
import type { Logger } from "pino";
import { redisClient } from "../../_runtime/redis.ts";

export interface QueueName {
  readonly name: string;
  readonly prefix: string;
}

/** Queues to look at; nothing is added to them here. */
export async function connectQueues(
  url: string,
  log: Logger,
  names: readonly QueueName[],
): Promise<{ readonly queues: readonly Queue[]; close(): Promise<void> }> {
  // Loaded by those that use it: it costs 0.1 s.
  const { Queue } = await import("bullmq");
  const client = await redisClient(url, log, { maxRetriesPerRequest: 0, enableOfflineQueue: false });
  const queues = names.map(({ name, prefix }) => {
    const queue = new Queue(name, { connection: client, prefix, skipVersionCheck: true });
    queue.on("error", (error) => log.debug({ err: error }, "BullMQ met an error"));
    return queue;
  });
  return {
    queues,
    async close() {
      client.disconnect();
    },
  };
}
