import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { UsageError } from "../../workers/_runtime/errors.ts";

/** Long after a service has taken what it was given, and few enough that there is always another. */
const MOST_GIVEN = 1_000;

/** Given by this process, oldest first: whom they are for may not listen on them yet. */
const given = new Set<number>();

/**
 * A port on the loopback address that nobody listens on, and that this process gave to nobody of late. From below the
 * systems' ephemeral ranges (Linux from 32768 on): there an outgoing connection could take it before the service does,
 * or while it restarts.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(20_000, 32_000);
    if (given.has(port)) continue;
    given.add(port);
    const [oldest] = given;
    if (given.size > MOST_GIVEN && oldest !== undefined) given.delete(oldest);
    if (await isFree(port)) return port;
  }
  throw new Error("Cannot find a free port between 20000 and 32000 in 100 tries");
}

/** @throws {UsageError} If somebody listens on it. */
export async function claim(port: number, option: string): Promise<number> {
  if (await isFree(port)) return port;
  throw new UsageError(`Cannot use port ${port}: something listens on it; give another with ${option}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts connections on a loopback port: it answers at once, but a busy machine may not let us hear it. */
export function isListening(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ port, host: "127.0.0.1", timeout: 10_000 });
  socket.once("connect", () => resolve(true));
  socket.once("timeout", () => resolve(false));
  socket.once("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
