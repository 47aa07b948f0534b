import { request } from "node:http";
import { pino } from "pino";
import t from "tap";
import { createChecks } from "../../../workers/_runtime/checks.ts";
import { UsageError } from "../../../workers/_runtime/errors.ts";
import { watchEventLoop } from "../../../workers/_runtime/event-loop.ts";
import { type HealthOptions, startHealth } from "../../../workers/_runtime/health.ts";
import { createMetrics } from "../../../workers/_runtime/metrics.ts";
import type { PartitionControl, PartitionStatus } from "../../../workers/_runtime/partition-status.ts";

const TOKEN = "0123456789abcdef";
const HALTED: PartitionStatus = {
  topic: "reservations",
  partition: 2,
  state: "halted",
  committedOffset: 41,
  parkedKeys: 1,
  outstanding: 3,
  halted: { reason: "unknown schema", schemaId: 7, record: "reservations-2-41", since: 0 },
};

async function open(t: Tap, options: Partial<HealthOptions> = {}) {
  const checks = createChecks();
  const health = await startHealth({
    host: "127.0.0.1",
    port: 0,
    worker: "payment",
    checks,
    registry: createMetrics({ worker: "payment" }).registry,
    adminToken: TOKEN,
    log: pino({ level: "silent" }),
    ...options,
  });
  t.teardown(() => health.close());
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${health.url}${path}`, init);
    return { status: response.status, body: await response.text() };
  };
  return { checks, health, call };
}

type Tap = Pick<typeof t, "teardown">;

function control(released: unknown[] = []): PartitionControl {
  return {
    listPartitions: () => [HALTED],
    async release(topic, partition, schemaId) {
      if (topic === "bug") throw new Error("boom");
      if (topic !== "reservations")
        throw new UsageError(`Cannot release '${topic}-${partition}' as it isn't here`);
      released.push([topic, partition, schemaId]);
      return { released: 3 };
    },
  };
}

const authorized = { headers: { authorization: `Bearer ${TOKEN}` } };
const post = (body: unknown, headers: Record<string, string> = authorized.headers): RequestInit => ({
  method: "POST",
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

t.test("/livez tells which check says the process is stuck, /readyz what is missing", async (t) => {
  const eventLoop = watchEventLoop();
  t.teardown(() => eventLoop.stop());
  const { checks, call } = await open(t, { eventLoop });
  t.equal((await call("/livez")).status, 200);
  t.match(JSON.parse((await call("/livez")).body), {
    status: "ok",
    failing: {},
    eventLoopLongestDelayMs: Number,
  });
  let stuck: string | undefined;
  checks.alive("handlers", () => stuck);
  checks.ready("group", () => "not joined yet");
  checks.ready("schemas", () => undefined);
  t.equal((await call("/livez")).status, 200);
  t.match(await call("/readyz"), {
    status: 503,
    body: /^\{"status":"failing","failing":\{"group":"not joined yet"\}\}/,
  });
  stuck = "reservations-1-5 outlived its timeout by 10 s";
  t.match(await call("/livez"), { status: 503, body: stuck });
});

t.test("/livez counts a check that throws as failing", async (t) => {
  const { checks, call } = await open(t);
  checks.alive("broken", () => {
    throw new Error("oops");
  });
  t.match(await call("/livez"), { status: 503, body: /the check itself failed: Error: oops/ });
});

t.test("/metrics answers in Prometheus' text format", async (t) => {
  const { health } = await open(t);
  const response = await fetch(`${health.url}/metrics`);
  t.match(response.headers.get("content-type"), "text/plain; version=0.0.4");
  t.match(await response.text(), "# TYPE boxoffice_records_total counter");
});

t.test("health port refuses unknown paths and methods in JSON", async (t) => {
  const { call } = await open(t);
  t.match(await call("/nothing"), { status: 404, body: /^\{"error":/ });
  t.match(await call("/livez", { method: "POST" }), { status: 405, body: /use GET/ });
  t.equal((await call("/livez?verbose=1")).status, 200);
});

t.test("admin calls are refused without a token configured, and without the right one", async (t) => {
  const closed = await open(t, { adminToken: undefined, partitions: control() });
  t.match(await closed.call("/partitions", authorized), { status: 403, body: /ADMIN_TOKEN is not set/ });
  const { call } = await open(t, { partitions: control() });
  for (const authorization of ["", "Bearer wrong", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, "Bearer"]) {
    t.equal((await call("/partitions", { headers: { authorization } })).status, 401, authorization);
    t.equal((await call("/partitions/release", post({}, { authorization }))).status, 401, authorization);
  }
});

t.test("GET /partitions lists what the process owns", async (t) => {
  const { call } = await open(t, { partitions: control() });
  const answer = await call("/partitions", authorized);
  t.equal(answer.status, 200);
  t.same(JSON.parse(answer.body), { worker: "payment", partitions: [HALTED] });
  const none = await open(t);
  t.equal((await none.call("/partitions", authorized)).status, 404);
});

t.test("POST /partitions/release hands on what was asked and answers why not", async (t) => {
  const released: unknown[] = [];
  const { call } = await open(t, { partitions: control(released) });
  const ask = (body: unknown) => call("/partitions/release", post(body));
  t.match(await ask({ topic: "reservations", partition: 2, schemaId: 7 }), {
    status: 200,
    body: '{"released":3}\n',
  });
  t.equal((await ask({ topic: "reservations", partition: 2 })).status, 200);
  t.same(released, [
    ["reservations", 2, 7],
    ["reservations", 2, undefined],
  ]);
  t.match(await ask({ topic: "payments", partition: 0 }), { status: 409, body: /isn't here/ });
  t.match(await ask({ topic: "bug", partition: 0 }), { status: 500, body: /internal error/ });
  for (const bad of [
    "{",
    "[]",
    { topic: "reservations" },
    { topic: "reservations", partition: -1 },
    "x".repeat(20_000),
  ])
    t.equal((await ask(bad)).status, 400);
  t.equal((await call("/partitions/nothing", authorized)).status, 404);
});

t.test(
  "startHealth() rejects when the port is taken, close() doesn't wait for idle connections",
  async (t) => {
    const { health } = await open(t);
    await t.rejects(open(t, { port: health.port }), { code: "EADDRINUSE" });
    const socket = await new Promise<import("node:net").Socket>((resolve) => {
      const idle = request({ port: health.port, host: "127.0.0.1", method: "POST", path: "/livez" });
      idle.on("socket", (socket) => socket.once("connect", () => resolve(socket)));
      idle.on("error", () => {});
      idle.flushHeaders();
    });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await health.close();
    await closed;
    t.pass("closed");
  },
);
