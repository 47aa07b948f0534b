import t from "tap";
import { openTelemetry } from "../../../workers/_runtime/open-telemetry.ts";
import { inSpan, traceFor, traceHeaders, traceOf } from "../../../workers/_runtime/tracing.ts";
import { collectedTracing, startCollector } from "../../_support/collector.ts";

const PARENT = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "shop=1",
};

t.test("close() sends what has just ended", async (t) => {
  const collector = await startCollector(t);
  for (let n = 0; n < 20; n++) {
    const tracing = await openTelemetry(
      { endpoint: collector.url, headers: {}, ratio: 1 },
      { worker: "w", build: "b" },
    );
    tracing.start({ name: `last ${n}`, kind: "internal" }).end();
    await tracing.close();
    t.ok(
      collector.spans.some(({ name }) => name === `last ${n}`),
      `${n}`,
    );
  }
});

t.test("inSpan() puts what it runs below the parent, and hands the trace on", async (t) => {
  const { collector, tracing } = await collectedTracing(t);
  const headers = await inSpan({ name: "outer", kind: "consumer", parent: PARENT }, async () => {
    await new Promise(setImmediate);
    return await inSpan({ name: "inner", kind: "client" }, async () => traceHeaders());
  });
  await t.rejects(
    inSpan({ name: "failing", kind: "internal", links: [PARENT] }, async () => {
      throw new TypeError("ada.lovelace@tickets.example");
    }),
  );
  await tracing.close();
  const of = (name: string) => collector.spans.find((span) => span.name === name);
  t.match(of("outer"), { traceId: "0af7651916cd43dd8448eb211c80319c", parentSpanId: "b7ad6b7169203331" });
  t.equal(of("inner")?.parentSpanId, of("outer")?.spanId);
  t.match(headers, { traceparent: new RegExp(`-${of("inner")?.spanId}-01$`), tracestate: "shop=1" });
  t.match(of("failing"), {
    failed: true,
    links: ["0af7651916cd43dd8448eb211c80319c"],
    attributes: { "error.type": "TypeError" },
  });
  t.notMatch(collector.raw(), /ada\.lovelace/, "an error's message may quote a record");
});

t.test("a trace that its beginning didn't keep is kept by nobody, and handed on all the same", async (t) => {
  const { collector, tracing } = await collectedTracing(t);
  const parent = { traceparent: PARENT.traceparent.replace(/01$/, "00") };
  const headers = inSpan({ name: "not kept", kind: "consumer", parent }, () => traceHeaders());
  await tracing.close();
  t.match(headers, { traceparent: /^00-0af7651916cd43dd8448eb211c80319c-.*-00$/ });
  t.same(collector.spans, []);
});

t.test("without tracing a record's trace goes on as it came", async (t) => {
  const cause = Object.entries(PARENT).map(([name, value]) => [name, Buffer.from(value)] as const);
  t.same(traceFor([["other", null], ...cause]), cause);
  t.same(traceOf(cause), PARENT);
  t.same(traceHeaders(), {});
  t.equal(traceOf([["tracestate", Buffer.from("a=1")]]), undefined);
  t.equal(
    inSpan({ name: "x", kind: "internal" }, () => 1),
    1,
  );
});
