import { randomUUID } from "node:crypto";
import type { Test } from "tap";
import type { CancellationRequested, Concert, ReservationRequested } from "../../../schemas/types.ts";
import { createAddresses } from "../../../workers/_addresses/mod.ts";
import { createLog } from "../../../workers/_runtime/log.ts";
import { connectRedis } from "../../../workers/_runtime/mod.ts";
import { beginBuild, nameSpace, openBuild } from "../../../workers/_seats/generation.ts";
import { createSeatMap } from "../../../workers/_seats/mod.ts";
import { createCatalogue } from "../../../workers/intake/catalogue.ts";
import { createServer, type Limits } from "../../../workers/intake/server.ts";

export type Published = ReservationRequested | CancellationRequested;

export interface Shop {
  readonly url: string;
  /** What the log would have. */
  readonly log: readonly Published[];
  readonly redis: Awaited<ReturnType<typeof connectRedis>>;
  readonly seatMap: ReturnType<typeof createSeatMap>;
  readonly addresses: ReturnType<typeof createAddresses>;
  readonly prefix: string;
  /** Before the names of the seat map's keys. */
  readonly seatKeys: string;
  readonly lines: readonly string[];
  /** Called for each publish before it goes on record: throws, waits, or lets it pass. */
  publishing: (event: Published, signal: AbortSignal) => Promise<void>;
  /** Called after it went on record, as an answer that is lost. */
  published: (event: Published) => Promise<void>;
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  reserve(seats: readonly string[], options?: ReserveOptions): Promise<Answer>;
  close(): Promise<void>;
}

interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface ReserveOptions {
  readonly client?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body when it is JSON, else undefined. */
  readonly json: { readonly [field: string]: unknown } | undefined;
}

export const gala: Concert = {
  type: "Concert",
  concertId: "gala",
  name: "Gala <night>",
  hall: "Grand Hall",
  currency: "EUR",
  startsAt: Date.UTC(2035, 5, 1, 19),
  cutOffAt: Date.UTC(2035, 4, 31, 19),
  rows: [
    { name: "A", seats: 300, price: 9_000 },
    { name: "B", seats: 300, price: 7_000 },
  ],
};

export interface ShopOptions {
  readonly limits?: Partial<Limits>;
  readonly publishTimeoutMs?: number;
  readonly concerts?: readonly Concert[];
}

/** Intake over HTTP on a free port, with a seat map of its own in the real Redis; only the log is the test's. */
export async function openShop(t: Test, options: ShopOptions = {}): Promise<Shop> {
  const { limits = {}, publishTimeoutMs = 60_000, concerts = [gala] } = options;
  const prefix = `test-${randomUUID()}:`;
  const lines: string[] = [];
  const to = { write: (line: string) => void lines.push(line) };
  const log = createLog({ level: "debug", worker: "intake", build: "test", to });
  const redis = await connectRedis(process.env.REDIS_URL ?? "", { log, waitMs: 60_000 });
  const token = randomUUID();
  const building = await beginBuild(redis, prefix, { token, cluster: "kafka" });
  await openBuild(redis, prefix, building);
  const seatMap = createSeatMap(redis, { prefix });
  for (const concert of concerts) await seatMap.putConcert(concert, 1);
  const addresses = createAddresses(redis, { prefix });
  const published: Published[] = [];
  let closing: Promise<void> | undefined;
  const server = createServer(
    {
      seatMap,
      addresses,
      ...createCatalogue(seatMap),
      async publish(event, signal) {
        await shop.publishing(event, signal);
        published.push(event);
        await shop.published(event);
      },
      publishTimeoutMs,
      holdMs: 60_000,
      log,
    },
    { rate: { perSecond: 10_000, burst: 10_000 }, maxInFlight: 1_000, ...limits },
  );
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const ask: Shop["ask"] = async (method, path, { headers = {}, body } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  };
  const shop: Shop = {
    url,
    log: published,
    redis,
    seatMap,
    addresses,
    prefix,
    seatKeys: nameSpace(prefix, token),
    lines,
    publishing: async () => {},
    published: async () => {},
    ask,
    reserve: (seats, { client = "ada", key = randomUUID(), headers = {}, ...fields } = {}) =>
      ask("POST", "/reservations", {
        headers: { "x-client-id": client, "idempotency-key": key, ...headers },
        body: { concertId: "gala", seats, card: "tok_good", ...fields },
      }),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
  t.teardown(() => shop.close());
  return shop;

  async function close() {
    await server.close();
    const keys = await redis.call("KEYS", `${prefix}*`);
    if (Array.isArray(keys) && keys.length > 0) await redis.call("DEL", ...keys.map(String));
    await redis.close();
  }
}
