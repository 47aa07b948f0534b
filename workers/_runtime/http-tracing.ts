import type { FastifyInstance } from "fastify";
import { type OpenSpan, type TraceHeaders, tracing } from "./tracing.ts";

/** A span for each request to a route of ours, below the caller's if it names one. */
export function traceRequests(app: FastifyInstance): void {
  if (tracing() === undefined) return;
  const open = new WeakMap<object, OpenSpan>();
  app.addHook("onRequest", (request, _reply, done) => {
    const route = request.routeOptions.url;
    const span = tracing()?.start({
      name: `${request.method} ${route ?? ""}`.trim(),
      kind: "server",
      parent: contextIn(request.headers),
      attributes: {
        "http.request.method": request.method,
        ...(route !== undefined && { "http.route": route }),
      },
    });
    if (span === undefined) return done();
    open.set(request, span);
    // Everything that the request comes to runs inside.
    span.run(done);
  });
  app.addHook("onResponse", async (request, reply) => {
    const span = open.get(request);
    open.delete(request);
    span?.set({ "http.response.status_code": reply.statusCode });
    span?.end(reply.statusCode >= 500 ? new HttpError() : undefined);
  });
  // What was begun for it goes on, and would hang in the air: a span is sent when it ends.
  app.addHook("onRequestAbort", async (request) => {
    const span = open.get(request);
    open.delete(request);
    span?.end(new ClientGone());
  });
}

class ClientGone extends Error {
  override name = "ClientGone";
}

class HttpError extends Error {
  override name = "HttpError";
}

function contextIn(headers: Readonly<Record<string, string | readonly string[] | undefined>>): TraceHeaders {
  const { traceparent, tracestate } = headers;
  // An empty one begins a trace: what another request runs in is nothing to it.
  return {
    ...(typeof traceparent === "string" && { traceparent }),
    ...(typeof tracestate === "string" && { tracestate }),
  };
}
