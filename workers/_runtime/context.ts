import type { Logger } from "pino";
import type { Codec } from "./codec.ts";
import { Permanent } from "./errors.ts";
import type { Event, Topic } from "./event.ts";
import { foreign } from "./headers.ts";
import { type Header, type KafkaRecord, NO_OUT, type OutRecord } from "./record.ts";
import { idOf, type Run } from "./run-state.ts";
import { traceFor } from "./tracing.ts";
import type { HandlerContext } from "./worker.ts";

/** What stands on each context itself, and would hide a resource of that name. */
const OWN = ["run", "out", "outBytes", "deadline", "emitError", "timedOutAt", "abandoned", "slot"];

/** A record batch's own bytes around one record, with room for its varints. */
const BATCH_OVERHEAD_BYTES = 128;

/** One attempt as its handler sees it, and what the runtime needs of it afterwards. */
export interface AttemptContext extends HandlerContext {
  readonly run: Run;
  readonly out: readonly OutRecord[];
  outBytes: number;
  readonly deadline: number;
  /** What `emit` threw, to tell the stage of a failure. */
  emitError: Error | undefined;
  /** When the signal was aborted by the deadline, epoch ms. */
  timedOutAt: number | undefined;
  abandoned: boolean;
  /** Its place among those that run. */
  slot: number;
  abort(reason: Error): void;
  /** The attempt is over: what it emitted stands. */
  end(): void;
}

export type NewContext = new (
  run: Run,
  record: KafkaRecord,
  isSource: boolean,
  deadline: number,
) => AttemptContext;

/**
 * The class of contexts that carry `resources` beside the runtime's own. Getters and one class per worker: a handler
 * that asks for no signal or log costs none, which is what most of the time per record would go to otherwise.
 * @throws {TypeError} when a resource has the name of something of the runtime's.
 */
export function contextsWith(resources: object, parts: { codec: Codec; log: Logger }): NewContext {
  const { codec, log } = parts;

  class Context implements AttemptContext {
    readonly run: Run;
    out: readonly OutRecord[] = NO_OUT;
    outBytes = 0;
    readonly deadline: number;
    emitError: Error | undefined = undefined;
    timedOutAt: number | undefined = undefined;
    abandoned = false;
    slot = -1;
    readonly #record: KafkaRecord;
    readonly #isSource: boolean;
    #controller: AbortController | undefined = undefined;
    #abortedBy: Error | undefined = undefined;
    #ended = false;
    #emitted: OutRecord[] | undefined = undefined;
    #log: Logger | undefined = undefined;

    constructor(run: Run, record: KafkaRecord, isSource: boolean, deadline: number) {
      this.run = run;
      this.#record = record;
      this.#isSource = isSource;
      this.deadline = deadline;
    }

    get attempt(): number {
      return this.run.attempt;
    }
    get id(): string {
      return idOf(this.run);
    }
    get time(): number {
      return this.run.originTime;
    }
    get key(): Buffer | null {
      return this.#record.key;
    }
    get headers(): readonly Header[] {
      return this.#isSource ? this.#record.headers : foreign(this.#record.headers);
    }
    get log(): Logger {
      this.#log ??= log.child({ id: this.id, attempt: this.attempt });
      return this.#log;
    }
    get signal(): AbortSignal {
      if (!this.#controller) {
        this.#controller = new AbortController();
        if (this.#abortedBy) this.#controller.abort(this.#abortedBy);
      }
      return this.#controller.signal;
    }
    get emit(): HandlerContext["emit"] {
      return (topic, event) => this.#emit(topic, event);
    }

    abort(reason: Error): void {
      this.#abortedBy = reason;
      this.#controller?.abort(reason);
    }

    end(): void {
      this.#ended = true;
    }

    #emit<E extends Event>(topic: Topic<E>, event: E): void {
      if (this.#abortedBy) throw this.#abortedBy;
      // Whether it still went out would be chance: its transaction may be on its way.
      if (this.#ended)
        throw new Error(
          `Cannot emit ${event.type} as the handler of record ${this.id} has ended: await what emits before it returns`,
        );
      try {
        const record = encodeEvent(codec, topic, event, this.#record.headers);
        if (this.#emitted) this.#emitted.push(record);
        else this.out = this.#emitted = [record];
        this.outBytes += sizeOf(record);
      } catch (error) {
        this.emitError = error instanceof Error ? error : new Permanent(String(error));
        throw this.emitError;
      }
    }
  }

  for (const name of Object.keys(resources)) {
    if (name in Context.prototype || OWN.includes(name)) {
      throw new TypeError(
        `Cannot use resource '${name}' as the runtime hands handlers something of that name: rename it in setup()`,
      );
    }
  }
  Object.defineProperties(Context.prototype, Object.getOwnPropertyDescriptors(resources));
  return Context;
}

/**
 * An event as it is written: framed value, declared key, the trace it belongs to.
 * @throws {Permanent} when it doesn't fit its schema or the topic
 */
export function encodeEvent<E extends Event>(
  codec: Codec,
  topic: Topic<E>,
  event: E,
  cause: readonly Header[] = [],
): OutRecord {
  const { value } = codec.encode(topic, event);
  const record: OutRecord = {
    topic: topic.name,
    key: Buffer.from(topic.key(event)),
    value,
    headers: traceFor(cause),
  };
  const bytes = sizeOf(record) + BATCH_OVERHEAD_BYTES;
  if (bytes > topic.maxMessageBytes) {
    throw new Permanent(
      `Cannot emit ${event.type} to '${topic.name}' as it takes at most ${topic.maxMessageBytes} bytes: the event has ${bytes}`,
    );
  }
  return record;
}

/** Bytes of a record on the wire, about. */
export function sizeOf(record: Pick<KafkaRecord, "key" | "value" | "headers">): number {
  let bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + 20;
  for (const [name, value] of record.headers) bytes += name.length + (value?.length ?? 0) + 8;
  return bytes;
}
