import { setTimeout as sleep } from "node:timers/promises";
import { connectRegistry, createTimers, type Host, type RedisConnection } from "../_runtime/mod.ts";
import { guardRedis, mustBuild } from "./generation.ts";
import { HOLD_TIMERS, type HoldTimer } from "./hold-timer.ts";
import { eventReader } from "./read-log.ts";
import { rebuildSeats } from "./rebuild.ts";
import { DEFAULT_PREFIX } from "./seat-map.ts";

const LOOK_EVERY_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;

/**
 * Rebuilds the seat map from the log whenever there is none for this Redis process and this Kafka cluster: at the
 * very first start, after Redis lost its memory, and when it still holds the map of another cluster. Settlement and expiry each watch, since they wait for it; one of them does it.
 * Ends with the host's signal.
 */
export async function keepSeatMapOpen(host: Host, redis: RedisConnection): Promise<void> {
  const { signal, log } = host;
  const guarded = guardRedis(redis, DEFAULT_PREFIX);
  let waitMs = LOOK_EVERY_MS;
  let cluster: string | undefined;
  while (!signal.aborted) {
    try {
      cluster ??= await host.broker.admin.clusterId();
      if (redis.runId !== undefined && mustBuild(await guarded.read(), cluster)) {
        await rebuildNow(host, redis);
      }
      waitMs = LOOK_EVERY_MS;
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, "The seat map could not be rebuilt, trying again");
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

async function rebuildNow({ config, log, broker, signal }: Host, redis: RedisConnection): Promise<void> {
  const timers = await createTimers<HoldTimer>({ url: config.redis.url, name: HOLD_TIMERS, log });
  try {
    await rebuildSeats({
      ...{ redis, broker, timers, log, signal },
      readEvent: eventReader(connectRegistry(config.registry)),
      publishTimeoutMs: config.intake.publishTimeoutMs,
    });
  } finally {
    await timers.close();
  }
}
