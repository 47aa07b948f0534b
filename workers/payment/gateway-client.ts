import type { Config } from "../_runtime/mod.ts";
import { inSpan, takeLogin, traceHeaders, Unavailable } from "../_runtime/mod.ts";
import type { Standing, Step } from "./decide.ts";
import { standingOf } from "./gateway-answer.ts";
import { Unheard } from "./unheard.ts";

/** The payment gateway's HTTP API, as docs/gateway.md describes it. */
export interface GatewayClient {
  /** Longest that one call takes, milliseconds. */
  readonly timeoutMs: number;
  /**
   * Makes one call; no answer says nothing about whether it took effect.
   * @throws {Permanent} the gateway will never take this call
   * @throws {Unavailable} the gateway is down for everyone
   * @throws {Unheard} no answer came, or half a one
   * @throws {Error} transient; the signal's reason when that aborted
   */
  call(step: Step, signal: AbortSignal): Promise<Standing>;
}

/** @throws {TypeError} when the address is not a URL. */
export function createGateway(config: Config["gateway"]): GatewayClient {
  const { url, timeoutMs } = config;
  const gateway = addressOf(url);
  return {
    timeoutMs,
    async call(step, signal) {
      signal.throwIfAborted();
      const timeout = AbortSignal.timeout(timeoutMs);
      const span = { name: `gateway ${step.call}`, kind: "client", attributes: gateway.attributes } as const;
      const answer = await inSpan(span, () =>
        exchange(gateway, step, AbortSignal.any([signal, timeout])),
      ).catch((error: unknown) => {
        if (signal.aborted) throw signal.reason;
        const what = `Cannot ${step.call} '${step.key}' as the gateway`;
        if (timeout.aborted) {
          throw new Unheard("ETIMEDOUT", `${what} did not answer within ${timeoutMs} ms`, { cause: error });
        }
        const code = codeOf(error);
        if (UNREACHABLE.has(code)) {
          throw new Unavailable("gateway", `${what} can't be reached (${code}): check GATEWAY_URL`, {
            cause: error,
          });
        }
        throw new Unheard("ECONNABORTED", `${what} broke the connection (${code})`, { cause: error });
      });
      return standingOf(step, answer.status, answer.body);
    },
  };
}

interface Address {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a call's span. */
  readonly attributes: Readonly<Record<string, string>>;
}

function addressOf(url: string): Address {
  const login = takeLogin(url.endsWith("/") ? url : `${url}/`);
  const base = new URL(login.url);
  return {
    base,
    headers: login.authorization === undefined ? {} : { authorization: login.authorization },
    attributes: { "http.request.method": "POST", "server.address": base.hostname },
  };
}

interface Exchanged {
  readonly status: number;
  /** Undefined when it isn't JSON; the status alone then explains the answer. */
  readonly body: unknown;
}

/** One call with its whole answer: a slow body is as late as a slow start. */
async function exchange({ base, headers }: Address, step: Step, signal: AbortSignal): Promise<Exchanged> {
  const { path, init } = requestOf(step);
  const response = await fetch(new URL(path, base), {
    method: "POST",
    redirect: "manual",
    signal,
    ...init,
    headers: { ...traceHeaders(), ...headers, ...init.headers },
  });
  return { status: response.status, body: await readJson(response) };
}

function requestOf(step: Step): { path: string; init: { headers?: Record<string, string>; body?: string } } {
  if (step.call === "close") return { path: `keys/${encodeURIComponent(step.key)}/close`, init: {} };
  const { call, key, ...body } = step;
  return {
    path: call === "charge" ? "charges" : "refunds",
    init: {
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body),
    },
  };
}

const MAX_ANSWER_BYTES = 65_536;

async function readJson(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    // Leaving the loop hangs up.
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return undefined;
  }
}

/** The system's or the client library's code of a failed fetch, else its message. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}

/**
 * Codes that come before anything is sent, and to everyone. After anything else (a reset, half an answer, what
 * isn't HTTP) the call may have taken effect.
 */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);
