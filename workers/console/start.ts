import type { FastifyInstance } from "fastify";
import { createDesk, QUEUE_PREFIX, REPLAYS } from "../_letters/mod.ts";
import { ladderOf } from "../_runtime/derived-topics.ts";
import { familyOf } from "../_runtime/family.ts";
import { measureRequests } from "../_runtime/http-metrics.ts";
import { type Config, type Host, UsageError, type Worker } from "../_runtime/mod.ts";
import { HOLD_TIMERS } from "../_seats/mod.ts";
import type { WatchedWorker } from "./fleet/progress.ts";
import { createFleetView } from "./fleet/view.ts";
import { connectQueues, type QueueName } from "./queues/connect.ts";
import { createServer } from "./server.ts";

/** BullMQ's queues of the fleet: the replayer's jobs, expiry's timers. */
const QUEUES: readonly QueueName[] = [
  { name: REPLAYS, prefix: QUEUE_PREFIX },
  { name: HOLD_TIMERS, prefix: "boxoffice-timers" },
];

export interface StartOptions {
  /** Every declaration. */
  readonly workers: readonly Worker[];
  /** Of the plans; another one only for tests. */
  readonly plansTopic?: string;
}

/**
 * Serves the console until the host shuts down.
 * @returns its address
 * @throws {UsageError} when the address is another's or not this machine's
 */
export async function startConsole(host: Host, { workers, plansTopic }: StartOptions): Promise<string> {
  const { config, log, broker } = host;
  const desk = await createDesk(config, {
    log,
    workers,
    warm: true,
    clientId: "console",
    ...(plansTopic !== undefined && { plansTopic }),
  });
  host.defer(() => desk.close());
  const { queues, close } = await connectQueues(config.redis.url, log, QUEUES);
  host.defer(close);
  const fleet = createFleetView({
    broker,
    desk,
    workers: workers.map((worker) => watched(worker, config)),
    healthUrls: config.console.healthUrls,
  });
  const server = createServer({ desk, fleet, queues, config: config.console, log });
  measureRequests(server, host.metrics);
  // Deferred after the desk, so closed before it: what is in flight still has it.
  host.defer(() => server.close());
  const url = await listen(server, config);
  log.info({ url }, "the console listens");
  return url;
}

function watched(worker: Worker, { runtime }: Config): WatchedWorker {
  return {
    name: worker.name,
    serves: worker.serve !== undefined,
    families: worker.reads.map(({ topic }) => familyOf(worker, topic.name, ladderOf(worker, runtime))),
  };
}

async function listen(server: FastifyInstance, { console: { host, port } }: Config): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UsageError(`Cannot listen at CONSOLE_HOST=${host}, CONSOLE_PORT=${port}: ${why}`, {
      cause: error,
    });
  }
}
