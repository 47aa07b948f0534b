import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { Test } from "tap";
import * as z from "zod";
import { openTelemetry } from "../../workers/_runtime/open-telemetry.ts";
import { activateTracing } from "../../workers/_runtime/tracing.ts";

const Value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  boolValue: z.boolean().optional(),
});
const Attributes = z.array(z.object({ key: z.string(), value: Value })).default([]);
const Request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number(),
              attributes: Attributes,
              status: z.object({ code: z.number().optional() }).optional(),
              links: z.array(z.object({ traceId: z.string() })).default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: the first of its trace. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly failed: boolean;
  /** Traces that it links to. */
  readonly links: readonly string[];
}

export interface Collector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Everything that was sent, as it came. */
  raw(): string;
}

/** Takes traces as an OpenTelemetry collector does: OTLP over HTTP, as JSON. */
export async function startCollector(t: Test): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  let raw = "";
  const server = createServer(async (request, response) => {
    const body = await text(request);
    raw += body;
    spans.push(...spansOf(JSON.parse(body)));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, spans, raw: () => raw };
}

/** This process traces to a collector of the test's own, until the test ends; what is still held back comes with `close()`. */
export async function collectedTracing(t: Test) {
  const collector = await startCollector(t);
  const tracing = await openTelemetry(
    { endpoint: collector.url, headers: {}, ratio: 1 },
    { worker: "w", build: "b" },
  );
  activateTracing(tracing);
  t.teardown(() => activateTracing(undefined));
  return { collector, tracing };
}

function spansOf(body: unknown): CollectedSpan[] {
  return Request.parse(body).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)["service.name"]);
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ name, traceId, spanId, parentSpanId = "", attributes, status, links }) => ({
        ...{ service, name, traceId, spanId, parentSpanId },
        attributes: valuesOf(attributes),
        failed: status?.code === 2,
        links: links.map((link) => link.traceId),
      })),
    );
  });
}

function valuesOf(attributes: z.infer<typeof Attributes>): Record<string, string | number | boolean> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? Number(value.intValue)]),
  );
}
