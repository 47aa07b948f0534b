import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { counter, histogram, registered } from "./metric.ts";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** Whatever nobody serves, however many addresses somebody tries. */
const UNKNOWN = "unknown";

const METHOD = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, else other";
const ROUTE = "the server's routes as patterns (/reservations/:id); unknown for all else";

/** What a worker says that serves HTTP, beside its health port. */
export const httpMetrics = {
  requests: counter({
    name: "http_requests_total",
    unit: "requests",
    help: "Requests that were answered",
    labels: { method: METHOD, route: ROUTE, status: "status codes that the server answers" },
  }),
  seconds: histogram({
    name: "http_request_seconds",
    unit: "seconds",
    help: "From a request's head to the end of its answer",
    labels: { method: METHOD, route: ROUTE },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
};

/**
 * Counts and times what the server answers; before it listens. A client that goes away before its answer isn't
 * counted, and neither is what is no HTTP.
 */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const { requests, seconds } = registered(registry, httpMetrics);
  app.addHook("onResponse", (request, reply, done) => {
    const method = METHODS.has(request.method) ? request.method : "other";
    const route = request.routeOptions.url ?? UNKNOWN;
    requests.inc({ method, route, status: String(reply.statusCode) });
    seconds.observe({ method, route }, reply.elapsedTime / 1000);
    done();
  });
}
