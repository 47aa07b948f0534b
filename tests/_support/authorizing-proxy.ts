import { Agent, request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Test } from "tap";

export interface AuthorizingProxy {
  /** Without a login. */
  readonly url: string;
  /** How many calls came with each of the accepted headers, by the header. */
  readonly accepted: ReadonlyMap<string, number>;
  refused(): number;
  /** Set: every call is refused, whoever asks. */
  refuses: boolean;
}

/**
 * In front of an HTTP service of the local stack, which asks nobody who he is: passes a call on only with one of the
 * given values of `authorization`.
 */
export async function authorizingProxy(
  t: Test,
  target: () => string,
  authorizations: readonly string[],
): Promise<AuthorizingProxy> {
  const accepted = new Map(authorizations.map((each) => [each, 0]));
  let refused = 0;
  // A kept connection may be closed by its other end in the moment in which a call is sent.
  const agent = new Agent({ keepAlive: false });
  const server = createServer((request, response) => {
    const { authorization = "", ...headers } = request.headers;
    const count = accepted.get(authorization);
    if (count === undefined || proxy.refuses) {
      refused += 1;
      response.writeHead(401, { "content-type": "application/json" }).end('{"message":"who are you?"}');
      return;
    }
    accepted.set(authorization, count + 1);
    const to = new URL(request.url ?? "/", target());
    const call = ask(to, { method: request.method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response).on("error", () => {});
      answer.on("error", () => response.destroy());
    });
    call.on("error", () => response.destroy());
    response.on("close", () => call.destroy());
    request.pipe(call);
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const proxy: AuthorizingProxy = { url, accepted, refused: () => refused, refuses: false };
  return proxy;
}
