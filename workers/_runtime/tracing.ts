import type { Header } from "./record.ts";

/** W3C trace context as headers: `traceparent`, and `tracestate` where there is one. */
export type TraceHeaders = Readonly<Record<string, string>>;

export interface SpanOptions {
  /** Of few values: what is done, never to whom. */
  readonly name: string;
  readonly kind: "server" | "client" | "producer" | "consumer" | "internal";
  /** Where the trace comes from; undefined: from what runs now, or a new trace. */
  readonly parent?: TraceHeaders | undefined;
  /** Other traces that this has to do with. */
  readonly links?: readonly TraceHeaders[];
  /** By OpenTelemetry's semantic conventions where there are any; never a person's data. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

export interface OpenSpan {
  /** Runs the task within the span: what begins in it, also later, is below it. */
  run<T>(task: () => T): T;
  set(attributes: NonNullable<SpanOptions["attributes"]>): void;
  end(error?: unknown): void;
}

/** Whoever keeps this process' spans. */
export interface Tracing {
  start(options: SpanOptions): OpenSpan;
  /** Of the span that runs now, to pass on. */
  headers(): TraceHeaders;
  /** Of the span that runs now, for logs. */
  ids(): { readonly trace_id: string; readonly span_id: string } | undefined;
  /** Sends what is left. */
  close(): Promise<void>;
}

let active: Tracing | undefined;

/** One for the process: what runs below a handler (a client, a driver) is not handed the runtime's parts. */
export function activateTracing(tracing: Tracing | undefined): void {
  active = tracing;
}

/** Undefined: nobody traces, and what isn't done costs nothing. */
export function tracing(): Tracing | undefined {
  return active;
}

/** Runs the task as a span that ends with it; without tracing just runs it. */
export function inSpan<T>(options: SpanOptions, task: () => T): T {
  if (active === undefined) return task();
  const span = active.start(options);
  let result: T;
  try {
    result = span.run(task);
  } catch (error) {
    span.end(error);
    throw error;
  }
  if (result instanceof Promise) {
    // Looked at, not replaced: whoever waits for it sees what it came to.
    result.then(
      () => span.end(),
      (error: unknown) => span.end(error),
    );
  } else span.end();
  return result;
}

/** What a request to somebody else carries of the trace. */
export function traceHeaders(): TraceHeaders {
  return active?.headers() ?? {};
}

const NAMES = ["traceparent", "tracestate"];

/** The trace of a record; undefined when it belongs to none. */
export function traceOf(headers: readonly Header[]): TraceHeaders | undefined {
  const found = headers.flatMap(([name, value]) =>
    NAMES.includes(name) && value !== null ? [[name, value.toString("latin1")] as const] : [],
  );
  return found.some(([name]) => name === "traceparent") ? Object.fromEntries(found) : undefined;
}

/** The trace of what an event out comes from: of the attempt that runs, else the one its record came with. */
export function traceFor(cause: readonly Header[]): readonly Header[] {
  if (active === undefined) return cause.filter(([name]) => NAMES.includes(name));
  return Object.entries(active.headers()).map(([name, value]) => [name, Buffer.from(value)] as const);
}
