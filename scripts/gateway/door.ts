import { once, setMaxListeners } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Most connections of one port; further ones are dropped. */
const MAX_CONNECTIONS = 20_000;
const REOPEN_WAIT_MS = 50;

/** A listening HTTP port that can be shut and opened again. */
export interface Door {
  readonly port: number;
  /** Refuses new connections and resets all there are. */
  shut(): Promise<void>;
  /** Listens on the same port again, as soon as nobody else does. */
  open(signal: AbortSignal): Promise<void>;
}

/** @throws {Error} with the system's `code`, e.g. EADDRINUSE, when it can't listen. */
export async function openDoor(host: string, port: number, listener: RequestListener): Promise<Door> {
  const server = createServer({ keepAliveTimeout: 65_000 }, listener);
  server.maxConnections = MAX_CONNECTIONS;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await listen(server, host, port);
  // A server that listens on a host and port has an address of this shape.
  const taken = (server.address() as AddressInfo).port;
  async function shut() {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  }
  return {
    port: taken,
    shut,
    async open(signal) {
      while (!server.listening && !signal.aborted) {
        await listen(server, host, taken).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "EADDRINUSE") throw error;
          return sleep(REOPEN_WAIT_MS, undefined, { signal }).catch(() => {});
        });
      }
      // Given up while it was opening: nobody would shut it any more.
      if (signal.aborted) await shut();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** A controller whose signal may have any number of listeners: one per call under way. */
export function manyListeners(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
