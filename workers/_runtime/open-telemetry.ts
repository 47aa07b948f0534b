import type { Context } from "@opentelemetry/api";
import type { TracingConfig } from "./config-shape.ts";
import type { OpenSpan, SpanOptions, TraceHeaders, Tracing } from "./tracing.ts";

export interface TracedProcess {
  readonly worker: string;
  readonly build: string;
}

/** Spans that wait to be sent; beyond that they are dropped, never waited for. */
const MOST_WAITING = 8_192;
const SEND_EVERY_MS = 1_000;
const CLOSE_MS = 3_000;

/**
 * Spans by OTLP over HTTP, as JSON, in the background. Loaded by those that trace only: it costs 60 ms at start.
 * Whether a trace is kept is decided where it begins, and asked of its `traceparent` everywhere else.
 */
export async function openTelemetry(
  config: TracingConfig,
  { worker, build }: TracedProcess,
): Promise<Tracing> {
  const [api, sdk, otlp, hooks, resources, core] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/context-async-hooks"),
    import("@opentelemetry/resources"),
    import("@opentelemetry/core"),
  ]);
  const {
    context,
    trace,
    defaultTextMapGetter,
    defaultTextMapSetter,
    ROOT_CONTEXT,
    SpanKind,
    SpanStatusCode,
  } = api;
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  const exporter = new otlp.OTLPTraceExporter({
    url: `${config.endpoint.replace(/\/$/, "")}/v1/traces`,
    headers: config.headers,
  });
  const processor = new sdk.BatchSpanProcessor({
    ...{ exporter, maxQueueSize: MOST_WAITING, scheduledDelayMillis: SEND_EVERY_MS },
  });
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      "service.name": `boxoffice-${worker}`,
      "service.namespace": "boxoffice",
      "service.version": build,
    }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(config.ratio) }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer("boxoffice", build);
  const w3c = new core.W3CTraceContextPropagator();
  const contextOf = (headers: TraceHeaders): Context =>
    w3c.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);

  function start({ name, kind, parent, links = [], attributes = {} }: SpanOptions): OpenSpan {
    const above = parent === undefined ? context.active() : contextOf(parent);
    const linked = links.flatMap((headers) => {
      const spanContext = trace.getSpanContext(contextOf(headers));
      return spanContext === undefined ? [] : [{ context: spanContext }];
    });
    const kinds = {
      server: SpanKind.SERVER,
      client: SpanKind.CLIENT,
      producer: SpanKind.PRODUCER,
      consumer: SpanKind.CONSUMER,
      internal: SpanKind.INTERNAL,
    };
    const span = tracer.startSpan(name, { kind: kinds[kind], links: linked, attributes }, above);
    const inside = trace.setSpan(above, span);
    return {
      run: (task) => context.with(inside, task),
      set: (more) => void span.setAttributes(more),
      end(error) {
        if (error !== undefined) {
          // Its class only: messages quote what a record holds.
          const type = error instanceof Error ? error.name : typeof error;
          span.setAttribute("error.type", type);
          span.setStatus({ code: SpanStatusCode.ERROR, message: type });
        }
        span.end();
      },
    };
  }

  return {
    start,
    headers() {
      const carrier: Record<string, string> = {};
      w3c.inject(context.active(), carrier, defaultTextMapSetter);
      return carrier;
    },
    ids() {
      const found = trace.getSpanContext(context.active());
      return found && { trace_id: found.traceId, span_id: found.spanId };
    },
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      context.disable();
    },
  };
}
