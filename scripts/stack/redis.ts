import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import type { Parts } from "./fetch.ts";
import type { ServiceSpec } from "./service.ts";

export interface RedisOptions {
  readonly port: number;
  readonly folder: string;
  /** Keep data over a restart. Without it a restarted Redis is empty, which the fleet must survive. */
  readonly appendOnly: boolean;
}

export function redisSpec(
  { port, folder, appendOnly }: RedisOptions,
  parts: Parts,
  logs: string,
): ServiceSpec {
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    save: "",
    appendonly: appendOnly ? "yes" : "no",
    // A lost hold or timer is worse than a refused one.
    "maxmemory-policy": "noeviction",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return {
    name: "redis",
    port,
    url: `redis://127.0.0.1:${port}`,
    command: parts.redisServer,
    args,
    cwd: folder,
    logFile: join(logs, "redis.log"),
    ready: (signal) => greeting(port, "PING\r\n", "+PONG", signal),
  };
}

/** Connects, says `line` (or nothing), expects an answer that begins with `expected`. */
export async function greeting(
  port: number,
  line: string,
  expected: string,
  signal: AbortSignal,
): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", signal });
  try {
    if (line !== "") socket.write(line);
    const [answer] = await once(socket, "data", { signal });
    if (!String(answer).startsWith(expected)) throw new Error(`it answers ${String(answer).trim()}`);
  } finally {
    socket.on("error", () => {}).destroy();
  }
}
