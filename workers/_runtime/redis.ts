import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RedisOptions as ClientOptions, Redis } from "ioredis";
import type { Logger } from "pino";
import { maskUrl } from "./config-mask.ts";
import { redisError } from "./redis-error.ts";

/**
 * One connection to Redis, made again for ever with bounded waits. Nothing is queued or sent twice while it is
 * away: calls fail at once, with `Unavailable("redis", …)`, and it is the caller who knows whether to repeat.
 */
export interface RedisConnection {
  /**
   * Identity of the very Redis process behind the connection, learnt anew at each connect; undefined while there
   * is none. Another one means that what was written before may be gone.
   */
  readonly runId: string | undefined;
  /** @throws {Unavailable} when the connection is lost or the server can't serve now; whether it happened is then unknown. */
  call(command: string, ...args: readonly RedisValue[]): Promise<unknown>;
  /** Runs a Lua script by its hash, and by its text when the server doesn't have it. Throws as `call`. */
  script(script: RedisScript, keys: readonly string[], args: readonly RedisValue[]): Promise<unknown>;
  close(): Promise<void>;
}

export type RedisValue = string | number | Buffer;

export interface RedisScript {
  readonly lua: string;
  readonly sha1: string;
}

export function redisScript(lua: string): RedisScript {
  return { lua, sha1: createHash("sha1").update(lua).digest("hex") };
}

export interface RedisOptions {
  readonly log: Logger;
  /** Aborted: the connection closes for good. */
  readonly signal?: AbortSignal;
  /** How long to wait for the first connect; it goes on trying afterwards. @default 5_000 */
  readonly waitMs?: number;
}

/** Of one command; a script of ours takes well under a millisecond. */
const COMMAND_TIMEOUT_MS = 5_000;

/**
 * Opens a connection and waits until it is there or `waitMs` are over: an absent Redis is an outage like any
 * later one, not a reason to fail at start.
 */
export async function connectRedis(url: string, options: RedisOptions): Promise<RedisConnection> {
  const { log, signal, waitMs = 5_000 } = options;
  const client = await redisClient(url, log, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
  const server = watchServer(client, log);
  const place = maskUrl(url);

  async function run(command: () => Promise<unknown>): Promise<unknown> {
    if (server.refusal() !== undefined) throw redisError(new Error(server.refusal()), place);
    try {
      return await command();
    } catch (error) {
      throw redisError(error, place);
    }
  }

  const connection: RedisConnection = {
    get runId() {
      return server.runId();
    },
    call: (command, ...args) => run(() => client.call(command, ...args)),
    script: (script, keys, args) =>
      run(async () => {
        try {
          return await client.evalsha(script.sha1, keys.length, ...keys, ...args);
        } catch (error) {
          if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
          return await client.eval(script.lua, keys.length, ...keys, ...args);
        }
      }),
    async close() {
      signal?.removeEventListener("abort", disconnect);
      client.disconnect();
    },
  };
  const disconnect = () => client.disconnect();
  signal?.addEventListener("abort", disconnect, { once: true });
  if (signal?.aborted) disconnect();

  const giveUpAt = Date.now() + waitMs;
  while (connection.runId === undefined && Date.now() < giveUpAt && !signal?.aborted) await sleep(5);
  return connection;
}

/** The run id of the process behind the connection, or why it must not be used. */
function watchServer(client: Redis, log: Logger) {
  let runId: string | undefined;
  let refusal: string | undefined = "not connected yet";
  let connects = 0;
  let cause: string | undefined;
  const lost = () => {
    connects++;
    runId = undefined;
    refusal = cause === undefined ? "connection lost" : `no connection (${cause})`;
  };
  client.on("error", (error: Error & { code?: string }) => {
    cause = error.code ?? error.message;
  });
  client.on("close", lost);
  client.on("ready", async () => {
    const connect = ++connects;
    try {
      const text = `${await client.info("server")}\n${await client.info("memory")}`;
      // A later connect has its own answer under way.
      if (connect !== connects) return;
      const policy = infoField(text, "maxmemory_policy");
      if (policy !== undefined && policy !== "noeviction") {
        refusal = `Cannot use Redis as 'maxmemory-policy' must be 'noeviction', or seats and timers vanish: current value is '${policy}'`;
        log.error({ policy }, refusal);
        return;
      }
      refusal = undefined;
      cause = undefined;
      runId = infoField(text, "run_id");
    } catch (error) {
      log.warn({ err: error }, "Redis did not say who it is");
      if (connect === connects) client.disconnect(true);
    }
  });
  return { runId: () => runId, refusal: () => refusal };
}

function infoField(text: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(text)?.[1];
}

/**
 * The client itself, for BullMQ only (`timers.ts`), which speaks to it directly. Everybody else takes
 * `connectRedis`.
 */
export async function redisClient(
  url: string,
  log: Logger,
  options: Omit<ClientOptions, "replyMapping">,
): Promise<Redis> {
  const { Redis } = await import("ioredis");
  const client = new Redis(url, {
    connectTimeout: 5_000,
    disableClientInfo: true,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
    ...options,
  });
  let told = "";
  client.on("ready", () => {
    if (told !== "") log.info("Redis is back");
    told = "";
  });
  // Every attempt of an outage emits one: say each cause once.
  client.on("error", (error: Error & { code?: string }) => {
    const cause = error.code ?? error.message;
    if (cause !== told) log.warn({ cause }, "Redis is away: trying again");
    told = cause;
  });
  return client;
}
