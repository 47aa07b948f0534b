import { inspect } from "node:util";
import type { Codec } from "./codec.ts";
import { CorruptPayload, Unresolvable } from "./codec.ts";
import type { AttemptContext, NewContext } from "./context.ts";
import { type Failure, isConnectionError } from "./decide.ts";
import { Permanent, Unavailable, Unframed } from "./errors.ts";
import type { Event, RecordType } from "./event.ts";
import { FRAME_BYTES, readFrame, schemaIdOf } from "./frame.ts";
import { parseOurs } from "./headers.ts";
import { identity } from "./identity.ts";
import { type KafkaRecord, NO_OUT, type OutRecord } from "./record.ts";
import { UnknownSchemaId } from "./registry.ts";
import { idOf, type Run } from "./run-state.ts";
import { inSpan, type SpanOptions, traceOf, tracing } from "./tracing.ts";
import type { Worker } from "./worker.ts";

export type Stage = "frame" | "decode" | "handle" | "emit";

export type Result =
  | { readonly kind: "succeeded"; readonly out: readonly OutRecord[]; readonly bytes: number }
  | {
      readonly kind: "failed";
      readonly failure: Failure;
      readonly stage: Stage;
      readonly error: Error;
      readonly schemaId?: number;
    }
  /** Nothing came of it and nothing is to be written: it stays where it is. */
  | { readonly kind: "again"; readonly afterMs: number };

/** The handler did not finish in time. */
export class TimedOut extends Error {
  override name = "TimedOut";
}

/** The process is going down, or the partition went to another member. */
export class Abandoned extends Error {
  override name = "Abandoned";
}

const SUCCEEDED: Result = { kind: "succeeded", out: NO_OUT, bytes: 0 };
const AGAIN: Result = { kind: "again", afterMs: 500 };
/** How long after its abort an attempt that still runs counts as stuck. */
const STUCK_AFTER_MS = 10_000;

export interface AttemptParts {
  readonly worker: Worker;
  readonly codec: Codec;
  readonly Context: NewContext;
  /** The reader of a source topic's record, by full name. */
  readonly reader: (sourceTopic: string, fullName: string) => RecordType | undefined;
  /** Fetches a body that was beyond the memory cap. */
  readonly load: (run: Run, signal: AbortSignal) => Promise<KafkaRecord>;
}

/** Runs attempts of one worker process, and keeps their deadlines. */
export class Attempts {
  private readonly parts: AttemptParts;
  /** Each knows its place: the last one takes the place of one that ended. */
  private readonly running: AttemptContext[] = [];
  private readonly preparing = new Set<AbortController>();

  constructor(parts: AttemptParts) {
    this.parts = parts;
  }

  /** Calls `settle` exactly once, maybe before it returns; never throws. */
  start(run: Run, sourceTopic: string, settle: (result: Result) => void): void {
    const { record } = run;
    if (!record) return void this.prepare(run, sourceTopic, settle);
    let event: Event | null = null;
    const schemaId = schemaIdOf(record.value);
    if (schemaId !== undefined && record.value) {
      const name = this.parts.codec.nameOf(schemaId);
      if (name === undefined) return void this.prepare(run, sourceTopic, settle);
      const reader = this.parts.reader(sourceTopic, name);
      // An older build of this worker read it and parked or retried it; this build doesn't want it any more.
      if (!reader) return settle(SUCCEEDED);
      try {
        event = this.parts.codec.decode(reader, schemaId, record.value, FRAME_BYTES);
      } catch (error) {
        return settle({ ...classify(asError(error), "decode", undefined), schemaId });
      }
    } else {
      const frame = readFrame(record.value);
      if (frame.kind === "poison") return settle(failed("permanent", "frame", new Unframed(frame.reason)));
      if (!this.parts.worker.tombstones) return settle(SUCCEEDED);
    }
    this.handle(run, record, sourceTopic, event, settle);
  }

  /** Aborts what is past its deadline; `now` in epoch ms. */
  sweep(now: number): void {
    for (const context of this.running) {
      if (context.timedOutAt !== undefined || now < context.deadline) continue;
      context.timedOutAt = now;
      context.abort(new TimedOut(`The handler did not finish within ${this.parts.worker.timeoutMs} ms`));
    }
  }

  /** The attempt that ignored its abort for too long, if any: the process is stuck. */
  stuck(now: number): string | undefined {
    for (const { run, timedOutAt } of this.running) {
      if (timedOutAt !== undefined && now - timedOutAt > STUCK_AFTER_MS) {
        return `The handler of record ${idOf(run)} ignores its aborted signal for ${now - timedOutAt} ms`;
      }
    }
    return undefined;
  }

  /** Waiting for bodies or schemas ends; those attempts settle as "again". */
  interruptPreparations(): void {
    for (const controller of this.preparing) controller.abort(new Abandoned("The partition is draining"));
  }

  /** The shutdown's deadline passed: handlers get their abort, and what they come to is not written. */
  abandon(): void {
    this.interruptPreparations();
    for (const context of this.running) {
      context.abandoned = true;
      context.abort(new Abandoned("The process is shutting down"));
    }
  }

  private handle(
    run: Run,
    record: KafkaRecord,
    sourceTopic: string,
    event: Event | null,
    settle: (result: Result) => void,
  ): void {
    const { worker, Context } = this.parts;
    const context = new Context(
      run,
      record,
      run.track.topic === sourceTopic,
      run.startedTime + worker.timeoutMs,
    );
    let promise: Promise<unknown>;
    try {
      const returned: unknown = tracing()
        ? inSpan(spanOf(worker, run, record, sourceTopic), () => worker.handle?.(event, context))
        : worker.handle?.(event, context);
      if (!isPromise(returned)) return settle(resultOf(context, undefined));
      // What only looks like a promise may throw when it is asked, or settle twice; a promise is left as it is.
      promise = Promise.resolve(returned);
    } catch (error) {
      return settle(resultOf(context, asError(error)));
    }
    context.slot = this.running.push(context) - 1;
    promise.then(
      () => this.finish(context, undefined, settle),
      (error: unknown) => this.finish(context, asError(error), settle),
    );
  }

  private finish(context: AttemptContext, error: Error | undefined, settle: (result: Result) => void): void {
    const last = this.running.pop();
    if (last && last !== context) {
      this.running[context.slot] = last;
      last.slot = context.slot;
    }
    settle(resultOf(context, error));
  }

  /** The rare way: the body or the writer's schema is not at hand. An outage of either is waited out here. */
  private async prepare(run: Run, sourceTopic: string, settle: (result: Result) => void): Promise<void> {
    const controller = new AbortController();
    this.preparing.add(controller);
    try {
      run.record ??= await this.parts.load(run, controller.signal);
      const frame = readFrame(run.record.value);
      if (frame.kind === "event") await this.parts.codec.resolveName(frame.schemaId, controller.signal);
    } catch (cause) {
      const error = asError(cause);
      if (error instanceof UnknownSchemaId) return settle(failed("transient", "frame", error));
      return settle(AGAIN);
    } finally {
      this.preparing.delete(controller);
    }
    // The handler has its whole time from here on.
    run.startedTime = Date.now();
    this.start(run, sourceTopic, settle);
  }
}

/** One attempt, below the trace that its record came with: of a retry and of a replay, too. */
function spanOf({ name }: Worker, run: Run, record: KafkaRecord, sourceTopic: string): SpanOptions {
  const { topic } = run.track;
  const { replay, letter } = run.replays === 0 ? {} : parseOurs(record.headers);
  return {
    name: `process ${sourceTopic}`,
    kind: "consumer",
    // A record that came without one begins a trace.
    parent: traceOf(record.headers) ?? {},
    attributes: {
      "messaging.system": "kafka",
      "messaging.operation.type": "process",
      "messaging.operation.name": "process",
      "messaging.destination.name": topic,
      "messaging.destination.partition.id": String(record.partition),
      "messaging.kafka.offset": record.offset,
      "messaging.consumer.group.name": name,
      "boxoffice.id": idOf(run),
      "boxoffice.attempt": run.attempt,
      ...(replay !== undefined && { "boxoffice.replay": replay }),
      ...(letter && { "boxoffice.letter": identity(letter.topic, letter.partition, letter.offset) }),
    },
  };
}

function resultOf(context: AttemptContext, error: Error | undefined): Result {
  context.end();
  if (context.abandoned) return AGAIN;
  if (context.timedOutAt !== undefined) {
    return failed("suspect", "handle", new TimedOut("The handler did not finish in time", { cause: error }));
  }
  if (error) return classify(error, error === context.emitError ? "emit" : "handle", context);
  return context.out.length === 0
    ? SUCCEEDED
    : { kind: "succeeded", out: context.out, bytes: context.outBytes };
}

/** The one place that says what an error means. */
function classify(
  error: Error,
  stage: Stage,
  context: AttemptContext | undefined,
): Result & { kind: "failed" } {
  if (error instanceof Unresolvable) return failed("unresolvable", "decode", error);
  if (error instanceof CorruptPayload) return failed("permanent", "decode", error);
  if (error instanceof Permanent) return failed("permanent", stage, error);
  if (error instanceof Unavailable) return failed("unavailable", stage, error);
  // Decoding has no connections: whatever it throws will be thrown again.
  if (!context) return failed("permanent", stage, error);
  return failed(isConnectionError(error) ? "suspect" : "transient", stage, error);
}

function failed(failure: Failure, stage: Stage, error: Error): Result & { kind: "failed" } {
  return { kind: "failed", failure, stage, error };
}

/** Handlers may throw anything, even objects that throw when they are looked at. */
function asError(thrown: unknown): Error {
  try {
    // Read here once: what comes later takes them for harmless.
    const { name, message, stack } = Object(thrown);
    const isPlain = typeof name === "string" && typeof message === "string" && typeof stack !== "object";
    if (thrown instanceof Error && isPlain) return thrown;
    return new Error(
      `A handler threw something that is no Error: ${inspect(thrown, { depth: 1 }).slice(0, 200)}`,
    );
  } catch {
    return new Error("A handler threw something that is no Error and can't be shown");
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
