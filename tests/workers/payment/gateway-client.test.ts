import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import t, { type Test } from "tap";
import { isConnectionError } from "../../../workers/_runtime/decide.ts";
import type { Step } from "../../../workers/payment/decide.ts";
import { createGateway } from "../../../workers/payment/gateway-client.ts";
import { gatewayFor, until } from "../../scripts/gateway/client.ts";

const CLOSE: Step = { call: "close", key: "r-1:charge" };
const never = new AbortController().signal;

/** A server that answers what no gateway does; resolves to its address. */
async function strange(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  // A server that listens on a port has an address of this shape.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test("createGateway() refuses an address that isn't one", async (t) => {
  t.throws(() => createGateway({ url: "not a url", timeoutMs: 1000 }), TypeError);
});

t.test("call() sends user and password of the address as basic authentication, under its path", async (t) => {
  const seen: unknown[] = [];
  const host = await strange(t, (request, response) => {
    seen.push([request.method, request.url, request.headers.authorization]);
    response.end('{"state":"closed"}');
  });
  const gateway = createGateway({ url: `http://us%40er:p%3Ass@${host}/v1`, timeoutMs: 60_000 });
  t.same(await gateway.call(CLOSE, never), { is: "barred" });
  const login = `Basic ${Buffer.from("us@er:p:ss").toString("base64")}`;
  t.same(seen, [["POST", "/v1/keys/r-1%3Acharge/close", login]]);
});

t.test("call() takes a stranger's answers for an outage, never for poison", async (t) => {
  const cases: [string, RequestListener, string][] = [
    ["HTML with 404", (_, response) => response.writeHead(404).end("<html>"), "Unavailable"],
    ["a redirect", (_, response) => response.writeHead(302, { location: "/" }).end(), "Unavailable"],
    ["HTML with 200", (_, response) => response.end("<html>"), "Unheard"],
    ["an endless body", (_, response) => response.end("x".repeat(1_000_000)), "Unheard"],
  ];
  for (const [title, listener, name] of cases) {
    const gateway = createGateway({ url: `http://${await strange(t, listener)}`, timeoutMs: 60_000 });
    await t.rejects(gateway.call(CLOSE, never), { name }, title);
  }
});

t.test("call() takes what isn't HTTP for a broken connection", async (t) => {
  const server = createSocketServer((socket) => socket.end("SSH-2.0-nonsense\r\n")).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const gateway = createGateway({ url: `http://127.0.0.1:${port}`, timeoutMs: 60_000 });
  await t.rejects(gateway.call(CLOSE, never), {
    name: "Unheard",
    message: /broke the connection \(Response does not match/,
  });
});

t.test("call() is unavailable at once when nothing listens or the name is unknown", async (t) => {
  const simulator = await gatewayFor(t);
  await simulator.close();
  for (const url of [simulator.url, "http://gateway.invalid"]) {
    const gateway = createGateway({ url, timeoutMs: 60_000 });
    await t.rejects(
      gateway.call(CLOSE, never),
      {
        name: "Unavailable",
        dependency: "gateway",
        message: /can't be reached \((ECONNREFUSED|ENOTFOUND|EAI_AGAIN)\)/,
      },
      url,
    );
  }
});

t.test("call() gives up on an answer that drips past the timeout", async (t) => {
  const simulator = await gatewayFor(t, { faults: { drip: 1, dripMs: 1000 } });
  const gateway = createGateway({ url: simulator.url, timeoutMs: 100 });
  await t.rejects(gateway.call(CLOSE, never), { name: "Unheard", message: /did not answer within 100 ms/ });
});

t.test("call() without an answer counts as a connection error, one with a 500 doesn't", async (t) => {
  const simulator = await gatewayFor(t);
  // Short for what is never answered alone: an answer may take a while on a busy machine.
  const cases = [
    ["hang", 100, true],
    ["lost", 100, true],
    ["resetBefore", 60_000, true],
    ["resetAfter", 60_000, true],
    ["errorBefore", 60_000, false],
    ["errorAfter", 60_000, false],
  ] as const;
  for (const [fault, timeoutMs, suspect] of cases) {
    const gateway = createGateway({ url: simulator.url, timeoutMs });
    simulator.changeFaults({ [fault]: 1 });
    const failed: unknown = await gateway.call(CLOSE, never).catch((error: unknown) => error);
    t.equal(isConnectionError(failed), suspect, fault);
    simulator.changeFaults({ [fault]: 0 });
  }
});

t.test("call() rejects with the signal's reason, whether it aborts before or during the call", async (t) => {
  const simulator = await gatewayFor(t, { faults: { hang: 1 } });
  const gateway = createGateway({ url: simulator.url, timeoutMs: 60_000 });
  const reason = new Error("shutting down");
  await t.rejects(gateway.call(CLOSE, AbortSignal.abort(reason)), reason);
  t.equal(simulator.stats().calls, 0, "nothing was sent");
  const stop = new AbortController();
  const call = gateway.call(CLOSE, stop.signal);
  await until(() => simulator.stats().calls === 1);
  stop.abort(reason);
  await t.rejects(call, reason);
});
