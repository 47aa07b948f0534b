import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { connectBroker } from "../_runtime/broker.ts";
import type { Config } from "../_runtime/config.ts";
import { connectRegistry } from "../_runtime/registry.ts";
import type { Worker } from "../_runtime/worker.ts";
import { actingDesk } from "./acting-desk.ts";
import type { Call, Desk } from "./desk.ts";
import { knownStates } from "./known-states.ts";
import { createLanes } from "./lane.ts";
import { planStore } from "./plan-store.ts";
import { readingDesk } from "./reading-desk.ts";
import { type ReplayQueue, replayQueue } from "./replay-queue.ts";

export interface DeskOptions {
  readonly log: Logger;
  /** Every declaration. @default those of this build */
  readonly workers?: readonly Worker[];
  /** Reads what is new every few seconds, so that answers are quick: for who keeps a desk. @default false */
  readonly warm?: boolean;
  /** For the client's name in the broker's logs. @default "desk" */
  readonly clientId?: string;
  /** Of the plans; another one only for tests. @default "fleet.plans" */
  readonly plansTopic?: string;
}

const WARM_EVERY_MS = 5_000;
const CLOSE_MS = 5_000;

/**
 * An operator's desk on this process' own connections: Kafka, the registry, and Redis where it is configured and there
 * (a job is found by replayers without it, some seconds later). Nothing is connected before it is used.
 */
export async function createDesk(config: Config, options: DeskOptions): Promise<Desk> {
  const { log, warm = false, clientId = "desk", plansTopic } = options;
  const workers = options.workers ?? (await (await import("../all.ts")).loadWorkers());
  const broker = connectBroker(config.kafka, { clientId, log });
  const states = knownStates(broker);
  const lanes = createLanes(broker, states);
  const store = planStore(broker, plansTopic);
  const parts = { broker, registry: connectRegistry(config.registry), workers, store, states };
  const reading = readingDesk(parts);
  const queue = lazyQueue(config, log);
  const { select, decode, ...readings } = reading;
  const acting = actingDesk({ ...parts, select, decode, lanes, schedule: queue.schedule });
  const closing = new AbortController();
  const warming = warm ? keepWarm(readings, log, closing.signal) : undefined;
  return {
    ...readings,
    ...acting,
    async close() {
      closing.abort();
      await warming;
      // What still runs is given a moment; the broker's end cuts the rest off.
      await Promise.race([lanes.close(), sleep(CLOSE_MS, undefined, { ref: false })]);
      await queue.close();
      await broker.close();
    },
  };
}

/** BullMQ and Redis only for who starts a job. */
function lazyQueue(config: Config, log: Logger): ReplayQueue {
  let queue: Promise<ReplayQueue> | undefined;
  return {
    async schedule(plan) {
      queue ??= replayQueue({ url: config.redis.url, log });
      await (await queue).schedule(plan);
    },
    async close() {
      await (await queue)?.close();
    },
  };
}

async function keepWarm(desk: Pick<Desk, "list">, log: Logger, signal: AbortSignal): Promise<void> {
  const call: Call = { signal, by: "desk" };
  while (!signal.aborted) {
    try {
      await desk.list({}, { limit: 1 }, call);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, "could not read the dead letters that are new");
    }
    await sleep(WARM_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
