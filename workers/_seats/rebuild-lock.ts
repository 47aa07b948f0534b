import { randomBytes } from "node:crypto";
import { setInterval } from "node:timers/promises";
import { type RedisConnection, redisScript } from "../_runtime/mod.ts";

const LOCK_MS = 15_000;
const RENEW_MS = 4_000;

const RENEW = redisScript(
  "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1",
);
const UNLOCK = redisScript(
  "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1",
);

/**
 * Runs `task` unless another process is at it: then undefined. Only courtesy: it spares work. What keeps two
 * rebuilds from mixing is the token of the build, which every write checks. `task`'s signal is aborted when the
 * lock is lost.
 */
export async function withRebuildLock<T>(
  redis: RedisConnection,
  prefix: string,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const key = `${prefix}seats:rebuild`;
  const owner = `${redis.runId} ${randomBytes(12).toString("base64url")}`;
  if ((await redis.call("SET", key, owner, "NX", "PX", LOCK_MS)) !== "OK") return undefined;
  const lost = new AbortController();
  const done = new AbortController();
  const renewing = renew(redis, key, owner, done.signal).catch((error: unknown) => {
    if (!done.signal.aborted) lost.abort(error);
  });
  try {
    return await task(AbortSignal.any([signal, lost.signal]));
  } finally {
    done.abort();
    await renewing;
    await redis.script(UNLOCK, [key], [owner]).catch(() => {});
  }
}

async function renew(redis: RedisConnection, key: string, owner: string, signal: AbortSignal): Promise<void> {
  for await (const _ of setInterval(RENEW_MS, undefined, { signal, ref: false })) {
    if ((await redis.script(RENEW, [key], [owner, LOCK_MS])) !== 1)
      throw new Error("Cannot go on rebuilding the seat map as another process took the lock");
  }
}
