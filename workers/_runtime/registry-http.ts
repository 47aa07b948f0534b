import type { RegistryConfig } from "./config.ts";
import { Unavailable } from "./errors.ts";
import { basic, takeLogin } from "./url-login.ts";

/** Largest answer that is read; schemas are a few kB. */
const MOST_BYTES = 4_194_304;

export interface RegistryRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** Below the configured URL, each segment encoded, e.g. `/schemas/ids/7`. */
  readonly path: string;
  readonly body?: object;
}

/** What the registry itself said: the answer, or a refusal with the Confluent API's own error code. */
export type RegistryAnswer =
  | { readonly ok: true; readonly body: { readonly [key: string]: unknown } }
  | { readonly ok: false; readonly status: number; readonly code: number; readonly message: string };

/** One call, tried once. */
export type CallRegistry = (request: RegistryRequest, signal: AbortSignal) => Promise<RegistryAnswer>;

/** Of the Confluent API: a subject, a version or a schema doesn't exist. */
const NOT_FOUND: readonly number[] = [40401, 40402, 40403];
const INCOMPATIBLE = 409;
const INVALID = 42201;

/**
 * Talks to a registry with Confluent's API over plain HTTP.
 *
 * Only a refusal that carries the API's own error code is the registry's answer. Everything else (no
 * connection, no answer within `timeoutMs`, 5xx, 429, wrong credentials, a proxy's or a wrong path's 404) says
 * nothing about the schema and throws `Unavailable`: taken for "unknown schema" it would make dead letters of
 * a whole topic.
 */
export function registryCalls(config: RegistryConfig, timeoutMs: number): CallRegistry {
  const login = takeLogin(config.url);
  const base = login.url.replace(/\/+$/, "");
  const authorization = authorizationOf(config) ?? login.authorization;
  const headers = {
    accept: "application/vnd.schemaregistry.v1+json, application/json",
    "content-type": "application/json",
    ...(authorization !== undefined && { authorization }),
  };
  return async ({ method, path, body }, signal) => {
    signal.throwIfAborted();
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(base + path, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, limit]),
      });
      return answerOf(response.status, await textOf(response), method, path);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      signal.throwIfAborted();
      const reason = limit.aborted ? `it did not answer within ${timeoutMs} ms` : causeOf(error);
      throw new Unavailable(
        "registry",
        `Cannot reach the schema registry at ${originOf(base)} as ${reason}`,
        {
          cause: error,
        },
      );
    }
  };
}

function answerOf(status: number, text: string, method: string, path: string): RegistryAnswer {
  const body = parse(text);
  if (status >= 200 && status < 300 && body !== undefined) return { ok: true, body };
  const code = typeof body?.error_code === "number" ? body.error_code : 0;
  const message = typeof body?.message === "string" ? body.message : "";
  if (NOT_FOUND.includes(code)) return { ok: false, status, code, message };
  if (method !== "GET" && (status === INCOMPATIBLE || code === INVALID))
    return { ok: false, status, code, message };
  throw new Unavailable(
    "registry",
    `Cannot use the schema registry as it answered ${status} to ${method} ${path}${hint(status, message)}`,
  );
}

function hint(status: number, message: string): string {
  if (status === 401 || status === 403) return ": check the registry's credentials";
  if (status === 404) return " without an error code of its API: check the path in SCHEMA_REGISTRY_URL";
  return message === "" ? "" : `: ${message.slice(0, 300)}`;
}

function parse(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`its answer is larger than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function authorizationOf({ auth }: RegistryConfig): string | undefined {
  if (auth === undefined) return undefined;
  return "token" in auth ? `Bearer ${auth.token}` : basic(auth.username, auth.password);
}

// fetch says "fetch failed" and keeps what happened in the cause; of an address list each has its own.
function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return causeOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : String(cause);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "its configured URL";
}
