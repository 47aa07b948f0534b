import { fastify } from "fastify";
import t from "tap";
import { traceRequests } from "../../../workers/_runtime/http-tracing.ts";
import { inSpan } from "../../../workers/_runtime/tracing.ts";
import { collectedTracing } from "../../_support/collector.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

t.test("traceRequests() ends a span for each request, also for one whose client is gone", async (t) => {
  const { collector, tracing } = await collectedTracing(t);
  const app = fastify();
  t.teardown(() => app.close());
  traceRequests(app);
  const begun = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  app.get("/answer/:code", async (request, reply) => {
    const { code } = Object(request.params);
    return await reply.code(Number(code)).send("");
  });
  app.get("/slow/:id", async () => {
    begun.resolve();
    await inSpan({ name: "below", kind: "internal" }, () => over.promise);
    return "";
  });
  // After the hook under test.
  app.addHook("onRequestAbort", async (_request) => aborted.resolve());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });

  const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
  await fetch(`${url}/answer/409`, { headers: { traceparent } });
  await fetch(`${url}/answer/500`);
  const gone = new AbortController();
  const asked = fetch(`${url}/slow/ada`, { signal: gone.signal });
  await begun.promise;
  gone.abort();
  await t.rejects(asked);
  await aborted.promise;
  over.resolve();
  await app.close();
  await tracing.close();

  const of = (name: string) => collector.spans.filter((span) => span.name === name);
  t.match(of("GET /answer/:code"), [
    { traceId: TRACE, failed: false, attributes: { "http.response.status_code": 409 } },
    { failed: true, attributes: { "http.response.status_code": 500, "error.type": "HttpError" } },
  ]);
  t.not(of("GET /answer/:code")[1]?.traceId, TRACE, "a request without a trace begins one");
  const [slow, ...more] = of("GET /slow/:id");
  t.match(slow, { failed: true, attributes: { "error.type": "ClientGone" } });
  t.same(more, [], "ended once");
  t.equal(of("below")[0]?.parentSpanId, slow?.spanId);
  t.notMatch(collector.raw(), /slow\/ada/, "patterns, never paths");
});
