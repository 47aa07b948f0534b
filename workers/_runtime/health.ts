import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { type AdminCalls, answerAdmin } from "./admin-calls.ts";
import type { Checks } from "./checks.ts";
import type { EventLoopWatch } from "./event-loop.ts";
import { sendJson } from "./json-answer.ts";

export interface HealthOptions extends AdminCalls {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly checks: Checks;
  readonly registry: Registry;
  /** Its longest delay is told by `/livez`; that the answer comes at all is what proves the loop alive. */
  readonly eventLoop?: EventLoopWatch;
}

export interface Health {
  readonly port: number;
  /** With the port in force, e.g. `http://127.0.0.1:9464`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens the port for probes, metrics and operators.
 * @throws {Error} when the port can't be opened
 */
export async function startHealth(options: HealthOptions): Promise<Health> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.log.error({ err: error, url: request.url }, "a call to the health port failed");
      if (response.headersSent) response.destroy();
      else
        sendJson(response, {
          status: 500,
          body: { error: "Cannot answer because of an internal error: see the log" },
        });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  // A TCP server's address is an object; strings are those of pipes.
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${host}:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HealthOptions,
): Promise<void> {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  if (path === "/partitions" || path.startsWith("/partitions/"))
    return sendJson(response, await answerAdmin(request, path, options));
  if (!["/livez", "/readyz", "/metrics"].includes(path))
    return sendJson(response, { status: 404, body: { error: `Cannot find '${path}'` } });
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return sendJson(response, {
      status: 405,
      body: { error: `Cannot ${request.method} '${path}': use GET` },
    });
  }
  if (path === "/metrics") {
    response.setHeader("Content-Type", options.registry.contentType);
    response.end(await options.registry.metrics());
    return;
  }
  const failing = options.checks.failing(path === "/livez" ? "alive" : "ready");
  const well = Object.keys(failing).length === 0;
  const loop = path === "/livez" && options.eventLoop;
  sendJson(response, {
    status: well ? 200 : 503,
    body: {
      status: well ? "ok" : "failing",
      failing,
      ...(loop && { eventLoopLongestDelayMs: Math.round(loop.longestDelayMs()) }),
    },
  });
}
