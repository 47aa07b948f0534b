import { connect, type Socket } from "node:net";

const API_VERSIONS = 18;
const METADATA = 3;
const FIND_COORDINATOR = 10;
const INIT_PRODUCER_ID = 22;
const GROUP = 0;
const TRANSACTION = 1;

/**
 * Resolves once a broker serves what workers need: it answers ApiVersions, knows `brokers` brokers, has a
 * coordinator for groups, and begins a transaction (the first one makes `__transaction_state`, which takes a
 * moment in which every other fails). Rejects with the reason if it doesn't yet.
 *
 * Spoken by hand, six small messages: a client library would hide the answers behind its own retries.
 */
export async function kafkaReady(port: number, brokers: number, signal: AbortSignal): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", signal });
  socket.setNoDelay(true);
  try {
    expectZero("ApiVersions", (await ask(socket, API_VERSIONS, 0, Buffer.alloc(0), signal)).readInt16BE(0));
    const none = Buffer.from([0, 0, 0, 0]);
    const known = (await ask(socket, METADATA, 1, none, signal)).readInt32BE(0);
    if (known < brokers) throw new Error(`${known} of ${brokers} brokers have joined`);
    await findCoordinator(socket, GROUP, signal);
    const at = await findCoordinator(socket, TRANSACTION, signal);
    // Another node's coordinator is asked by that node's own probe.
    if (at === port) await initProducer(socket, signal);
  } finally {
    socket.destroy();
  }
}

/** @returns The coordinator's port. */
async function findCoordinator(socket: Socket, type: number, signal: AbortSignal): Promise<number> {
  const body = Buffer.concat([text("boxoffice-stack-probe"), Buffer.from([type])]);
  const answer = await ask(socket, FIND_COORDINATOR, 1, body, signal);
  expectZero("FindCoordinator", answer.readInt16BE(4));
  // throttle 4, error 2, message (nullable), node 4, host, port 4
  const message = Math.max(0, answer.readInt16BE(6));
  const host = 8 + message + 4;
  return answer.readInt32BE(host + 2 + answer.readInt16BE(host));
}

async function initProducer(socket: Socket, signal: AbortSignal): Promise<void> {
  const body = Buffer.concat([text("boxoffice-stack-probe"), Buffer.from([0, 0, 0x27, 0x10])]);
  expectZero("InitProducerId", (await ask(socket, INIT_PRODUCER_ID, 0, body, signal)).readInt16BE(4));
}

function text(value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeInt16BE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
}

function expectZero(request: string, code: number): void {
  if (code !== 0) throw new Error(`${request} answered error ${code}`);
}

/** One request, one answer, without its length and correlation id. */
async function ask(
  socket: Socket,
  key: number,
  version: number,
  body: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  const header = Buffer.alloc(12);
  header.writeInt16BE(key, 4);
  header.writeInt16BE(version, 6);
  const request = Buffer.concat([header, text("boxoffice-stack"), body]);
  request.writeInt32BE(request.length - 4, 0);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    const all = Buffer.concat(chunks);
    if (all.length >= 8 && all.length >= all.readInt32BE(0) + 4) resolve(all.subarray(8));
  };
  const onClose = (): void => reject(new Error("the connection was closed"));
  const onAbort = (): void => reject(new Error("no answer in time"));
  socket.on("data", onData).once("error", reject).once("close", onClose);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    socket.write(request);
    return await promise;
  } finally {
    socket
      .off("data", onData)
      .off("error", reject)
      .off("close", onClose)
      .on("error", () => {});
    signal.removeEventListener("abort", onAbort);
  }
}
