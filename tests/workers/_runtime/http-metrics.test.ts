import { once } from "node:events";
import { connect } from "node:net";
import fastify from "fastify";
import { Registry } from "prom-client";
import t from "tap";
import { measureRequests } from "../../../workers/_runtime/http-metrics.ts";

/** A server with a route of each kind, measured after they were added, as the workers do it. */
async function served(t: { teardown(end: () => unknown): void }) {
  const registry = new Registry();
  const app = fastify();
  app.get("/things/:id", async (request, reply) => {
    const { id } = request.params as { id: string };
    if (id === "gone") return reply.code(410).send();
    if (id === "bad") throw new Error("a bug");
    await new Promise((resolve) => setTimeout(resolve, id === "slow" ? 60 : 0));
    return { id };
  });
  app.get("/files/*", async () => "file");
  measureRequests(app, registry);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  t.teardown(() => app.close());
  return { url, text: () => registry.metrics() };
}

t.test("measureRequests() counts by route, never by path, and by status", async (t) => {
  const { url, text } = await served(t);
  for (const path of ["/things/1", "/things/2", "/things/3?q=1", "/things/gone", "/things/bad", "/files/a/b"])
    await (await fetch(url + path)).arrayBuffer();
  const shown = await text();
  for (const line of [
    'boxoffice_http_requests_total{method="GET",route="/things/:id",status="200"} 3',
    'boxoffice_http_requests_total{method="GET",route="/things/:id",status="410"} 1',
    'boxoffice_http_requests_total{method="GET",route="/things/:id",status="500"} 1',
    'boxoffice_http_requests_total{method="GET",route="/files/*",status="200"} 1',
    'boxoffice_http_request_seconds_count{method="GET",route="/things/:id"} 5',
  ])
    t.ok(shown.includes(`${line}\n`), line);
});

t.test("measureRequests() puts all addresses that nobody serves under one route", async (t) => {
  const { url, text } = await served(t);
  for (let n = 0; n < 50; n++) await (await fetch(`${url}/scan/${n}`)).arrayBuffer();
  await (await fetch(`${url}/things/1`, { method: "DELETE" })).arrayBuffer();
  // A method that hardly anybody knows, by hand: fetch refuses some.
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(`PROPFIND /scan HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  socket.resume();
  await once(socket, "close");
  const lines = (await text()).split("\n").filter((line) => line.startsWith("boxoffice_http_requests_total"));
  t.same(lines.sort(), [
    'boxoffice_http_requests_total{method="DELETE",route="unknown",status="404"} 1',
    'boxoffice_http_requests_total{method="GET",route="unknown",status="404"} 50',
    'boxoffice_http_requests_total{method="other",route="unknown",status="404"} 1',
  ]);
});

t.test("measureRequests() tells how long an answer took", async (t) => {
  const { url, text } = await served(t);
  const before = performance.now();
  await (await fetch(`${url}/things/slow`)).arrayBuffer();
  const sum = /boxoffice_http_request_seconds_sum\{[^}]*\} (\S+)/.exec(await text())?.[1];
  const seconds = (performance.now() - before) / 1_000;
  t.ok(Number(sum) >= 0.05 && Number(sum) <= seconds, `${sum} s of ${seconds}`);
});
