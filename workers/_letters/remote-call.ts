import * as z from "zod";
import { Unavailable, UsageError } from "../_runtime/mod.ts";
import { NotAllowed, type RefusalCode, Refused } from "./failures.ts";

/** A console's API as seen from far away. */
export interface Remote {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
}

export interface RemoteRequest {
  readonly method: "GET" | "POST";
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly json?: unknown;
  /** NDJSON instead of `json`. */
  readonly lines?: AsyncIterable<unknown>;
  readonly accept?: string;
  readonly signal: AbortSignal;
}

const Problem = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  details: z.array(z.string()).optional(),
});

const CODES: Readonly<Record<RefusalCode, true>> = {
  "no-such-letter": true,
  "no-such-plan": true,
  "no-such-job": true,
  "not-open": true,
  "not-running": true,
  "not-agreed": true,
  "invalid-edit": true,
  "invalid-filter": true,
};

/**
 * Asks the console and gives back its good answer, unread.
 * @throws {Refused} what its desk refused
 * @throws {NotAllowed} without a token that may do this
 * @throws {UsageError} when it takes the request for malformed
 * @throws {Unavailable} when nobody answers, or not a console
 */
export async function callRemote(remote: Remote, request: RemoteRequest): Promise<Response> {
  const response = await send(remote, request);
  if (response.ok) return response;
  throw await failed(remote, response, request.signal);
}

async function send({ url, token }: Remote, request: RemoteRequest): Promise<Response> {
  const { method, path, json, lines, signal, accept = "application/json" } = request;
  const text = json === undefined ? undefined : JSON.stringify(json);
  const body = lines === undefined ? text : ReadableStream.from(encoded(lines));
  const type = lines === undefined ? "application/json" : "application/x-ndjson";
  try {
    return await fetch(`${url}/api/v1${path}${queryOf(request.query)}`, {
      method,
      signal,
      // A login page is no answer; and the token must not follow to another host.
      redirect: "manual",
      headers: {
        accept,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": type }),
      },
      ...(body !== undefined && { body, duplex: "half" }),
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unreachable(url, error);
  }
}

async function* encoded(rows: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const row of rows) yield encoder.encode(`${JSON.stringify(row)}\n`);
}

function queryOf(query: RemoteRequest["query"] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

async function failed({ url, token }: Remote, response: Response, signal: AbortSignal): Promise<Error> {
  const { status } = response;
  const text = await bodyText(url, response, signal);
  const problem = Problem.safeParse(parseJson(text));
  const detail = problem.data?.detail ?? problem.data?.title;
  const code = problem.data?.type?.replace(/^urn:boxoffice:/, "");
  if (code !== undefined && isRefusal(code))
    return new Refused(code, detail ?? `The console refused: ${code}`, problem.data?.details);
  if (status === 401 || (status >= 300 && status < 400))
    return new NotAllowed(
      token === undefined
        ? `The console at '${url}' wants to know who you are: give a token with --token or BOXOFFICE_TOKEN`
        : `The console at '${url}' doesn't accept your token (status ${status}): get a fresh one${because(detail)}`,
    );
  if (status === 403)
    return new NotAllowed(`The console at '${url}' doesn't let you do this (status 403)${because(detail)}`);
  if (status === 400 || status === 413 || status === 422)
    return new UsageError(`The console at '${url}' can't take this (status ${status})${because(detail)}`);
  return new Unavailable(
    "console",
    `The console at '${url}' could not answer (status ${status})${because(detail)}: is this its address, and are Kafka and Redis up?`,
  );
}

function isRefusal(code: string): code is RefusalCode {
  return Object.hasOwn(CODES, code);
}

function because(detail: string | undefined): string {
  return detail === undefined ? "" : `: ${detail}`;
}

/** @throws {Unavailable} when the answer breaks off */
export async function bodyText(url: string, response: Response, signal: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw brokeOff(url, error);
  }
}

export function brokeOff(url: string, cause: unknown): Unavailable {
  return new Unavailable("console", `The answer of the console at '${url}' broke off: ask again`, { cause });
}

function unreachable(url: string, cause: unknown): Unavailable {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return new Unavailable("console", `Cannot reach the console at '${url}': ${inner}`, { cause });
}

/** Where an answer isn't what it should be; undefined: it is. Fields of a later version do no harm. */
export function misfit(schema: z.ZodType, read: unknown): string | undefined {
  const issue = schema.safeParse(read).error?.issues[0];
  if (issue === undefined) return undefined;
  return issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
