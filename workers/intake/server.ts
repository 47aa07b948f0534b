import fastify, { type FastifyInstance } from "fastify";
import { traceRequests } from "../_runtime/http-tracing.ts";
import { addApi } from "./api.ts";
import type { Desk } from "./desk.ts";
import { addPages } from "./page/routes.ts";
import { answerProblem, answerProblems, problemOf, rawProblem } from "./problem-answers.ts";
import { createSlots } from "./slots.ts";
import { createTokenBuckets } from "./token-buckets.ts";

export interface Limits {
  /** Of one client. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** Reservations and cancellations under way at once. */
  readonly maxInFlight: number;
}

/** Longest time for a request to arrive whole. */
const ARRIVAL_MS = 10_000;
/** Beyond the publish: what the seat map's calls may take before a request is answered without its outcome. */
const SEAT_MAP_MS = 15_000;
const MAX_BODY_BYTES = 16_384;
const MAX_CONNECTIONS = 10_000;

/** Intake's HTTP server, not listening yet. `close()` lets what is in flight finish. */
export function createServer(desk: Desk, limits: Limits): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: ARRIVAL_MS,
    handlerTimeout: desk.publishTimeoutMs + SEAT_MAP_MS,
    // What still arrives on a kept connection while closing is served, and the connection closed after it.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawProblem(error.code));
      else socket.destroy();
    },
    // Addresses that the router can't even read never come to the error handler.
    frameworkErrors: (error, _request, reply) => void answerProblem(problemOf(error), reply),
    routerOptions: { maxParamLength: 200 },
  });
  // JSON is all that is taken; fastify would parse text too.
  app.removeContentTypeParser("text/plain");
  app.server.maxConnections = MAX_CONNECTIONS;
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  // A connection that outlives its answer would keep `close()` waiting for its idle timeout.
  app.addHook("onSend", async (_request, reply) => {
    if (closing) reply.header("connection", "close");
  });
  traceRequests(app);
  answerProblems(app, desk.log);
  addApi(app, desk, createTokenBuckets(limits.rate), createSlots(limits.maxInFlight));
  addPages(app, desk);
  return app;
}
