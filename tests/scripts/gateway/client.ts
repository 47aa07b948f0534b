import type { Test } from "tap";
import { z } from "zod";
import { type Gateway, type GatewayOptions, startGateway } from "../../../scripts/gateway/start.ts";

/** A simulator of the test's own, on free ports, closed with the test. */
export async function gatewayFor(t: Test, options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = await startGateway(options);
  t.teardown(() => gateway.close());
  return gateway;
}

/** As `gatewayFor()`, but what waits there goes on when the test lets it, one after the other, and not by the clock. */
export async function heldGatewayFor(t: Test, options: GatewayOptions = {}) {
  const waiting: PromiseWithResolvers<void>[] = [];
  let allowed = 0;
  const pause = (): Promise<void> => {
    const turn = Promise.withResolvers<void>();
    if (allowed > 0) {
      allowed -= 1;
      turn.resolve();
    } else waiting.push(turn);
    return turn.promise;
  };
  const gateway = await gatewayFor(t, { ...options, pause });
  /** Ends the oldest wait, or the next one. */
  const goOn = (): void => {
    const turn = waiting.shift();
    if (turn) turn.resolve();
    else allowed += 1;
  };
  return { gateway, goOn };
}

export interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

interface CallOptions {
  readonly method?: string;
  readonly key?: string;
  /** A string goes out as it is. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export async function call(url: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const { method = "POST", key, body, signal } = options;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...(key !== undefined && { "idempotency-key": key }) },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const answer = z.record(z.string(), z.unknown()).parse(await response.json());
  const code = typeof answer.code === "string" ? answer.code : undefined;
  return { status: response.status, code, body: answer, headers: response.headers };
}

export const ORDER = { amount: 4500, currency: "EUR", card: "tok_good", reference: "r-1" };

export function charge(
  gateway: Gateway,
  key: string,
  change: Partial<typeof ORDER> = {},
  signal?: AbortSignal,
) {
  return call(gateway.url, "/charges", { key, body: { ...ORDER, ...change }, ...(signal && { signal }) });
}

export function refund(gateway: Gateway, key: string, body: unknown) {
  return call(gateway.url, "/refunds", { key, body });
}

export function close(gateway: Gateway, key: string) {
  return call(gateway.url, `/keys/${encodeURIComponent(key)}/close`);
}

export function admin(gateway: Gateway, method: string, path: string, body?: unknown) {
  return call(gateway.adminUrl, path, { method, body });
}

/** The code of a failed fetch's cause, e.g. ECONNREFUSED; undefined when it succeeded. */
export async function failureOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    if (!(cause instanceof Error)) return String(cause);
    return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
  }
}

/** Resolves as soon as `condition` holds; the test's own timeout bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
