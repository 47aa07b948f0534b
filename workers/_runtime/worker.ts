import type { Logger } from "pino";
import type { Registry as MetricsRegistry } from "prom-client";
import type { Broker } from "./broker.ts";
import type { Config } from "./config.ts";
import { durationMs } from "./duration.ts";
import type { Event, EventOf, RecordType, Topic } from "./event.ts";
import type { Header } from "./record.ts";

/** Which records of one source topic a worker handles; the others are done at once, never parked. */
export interface Source<E extends Event = Event> {
  readonly topic: Topic;
  readonly records: readonly RecordType<E>[];
}

/** What a worker's handler gets beside the event and its own resources. */
export interface HandlerContext {
  /**
   * Collects an event; it goes out in the transaction that ends this attempt, or not at all.
   * @throws {Permanent} at once, when the event doesn't fit its schema or the topic's size
   * @throws {Error} after the signal was aborted, or the handler's promise settled
   */
  emit<E extends Event>(topic: Topic<E>, event: E): void;
  /** Aborted at the worker's timeout and at shutdown's deadline: pass it to everything that waits. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** From 1; counts deliveries of this run to the handler that used one up. */
  readonly attempt: number;
  /** The record's identity for life, `<topic>-<partition>-<offset>` of its origin: for idempotency outside Kafka. */
  readonly id: string;
  /** The origin's timestamp, epoch milliseconds. */
  readonly time: number;
  readonly key: Buffer | null;
  /** The producer's headers, without ours. */
  readonly headers: readonly Header[];
}

/** What `setup` and `serve` get to build resources from. */
export interface Host {
  readonly config: Config;
  readonly log: Logger;
  /** Aborted when the process shuts down. */
  readonly signal: AbortSignal;
  /**
   * Writes one event outside of any handler and waits until all in-sync replicas have it.
   * @throws {PublishFailed} with `certain: true` when the broker certainly does not have it, else `false`.
   */
  publish<E extends Event>(topic: Topic<E>, event: E, options?: { signal?: AbortSignal }): Promise<void>;
  /** The port to Kafka, for what is more than a record at a time: a projection that is built again from the log. */
  readonly broker: Broker;
  /** What `/metrics` shows, for a worker's own; names begin with `boxoffice_`, labels are bounded. */
  readonly metrics: MetricsRegistry;
  /** Adds a check that `/readyz` asks; an undefined answer is fine, a string says what is missing. */
  readiness(name: string, check: () => string | undefined): void;
  /** Runs at shutdown, after handlers drained, in reverse order. */
  defer(release: () => Promise<void> | void): void;
}

export interface Permissions {
  /** Configuration names of the endpoints it opens sockets to, e.g. `GATEWAY_URL`; required at start, become egress rules. */
  readonly net: readonly string[];
  /** As `net`, of endpoints that are only reached when they are configured. @default none */
  readonly netIfSet?: readonly string[];
  /** @default nothing beyond what `reads` and `emits` say */
  readonly kafka?: KafkaPermissions;
}

/** What a worker does in Kafka beside reading and emitting as declared; becomes its user's ACLs. */
export interface KafkaPermissions {
  /** Topics read outside of any group, e.g. to build a projection again. */
  readonly reads?: readonly Topic[];
  /** Workers whose transactional producers it fences. */
  readonly fences?: readonly string[];
  /** Dead letters: `replay` carries plans out; `desk` does what an operator can. */
  readonly letters?: "replay" | "desk";
}

export interface WorkerDeclaration<E extends Event = Event, D extends object = object> {
  /** Also the consumer group and the folder's name. */
  readonly name: string;
  readonly reads: readonly Source<E>[];
  /** Topics it may emit to. @default none */
  readonly emits?: readonly Topic[];
  /**
   * Where a new group starts on its source topics. With "now" the same goes for partitions that are added later: what
   * was written to them before a member opened them is skipped.
   * @default "beginning"
   */
  readonly start?: "beginning" | "now";
  /** Waits between attempts, one delay topic each. @default ["1s", "10s", "1m", "10m"] */
  readonly retry?: readonly string[];
  /** Of one attempt; then the signal aborts. @default "30s" */
  readonly timeout?: string;
  /** Handlers in flight in one process. @default 64 */
  readonly concurrency?: number;
  /** "none": records of one key may run side by side and overtake. @default "key" */
  readonly order?: "key" | "none";
  /** Hands null values to the handler (as `null`) instead of skipping them. @default false */
  readonly tombstones?: boolean;
  readonly permissions?: Permissions;
  /** Builds what handlers use, once per process, before the first record. */
  readonly setup?: (host: Host) => Promise<D> | D;
  handle?(event: E, context: HandlerContext & D): Promise<void> | void;
  /** For workers that serve HTTP instead of, or beside, reading topics; resolves once it listens. */
  readonly serve?: (host: Host, resources: D) => Promise<void>;
}

/** A declaration with every default filled in. */
export interface Worker {
  readonly name: string;
  readonly reads: readonly Source[];
  readonly emits: readonly Topic[];
  readonly start: "beginning" | "now";
  readonly retry: readonly string[];
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly order: "key" | "none";
  readonly tombstones: boolean;
  readonly permissions: Permissions;
  readonly setup: (host: Host) => Promise<object> | object;
  readonly handle: ((event: Event | null, context: HandlerContext) => Promise<void> | void) | undefined;
  readonly serve: ((host: Host, resources: object) => Promise<void>) | undefined;
}

/** The records of `topic` that a worker handles. Several topics: several `from()`. */
export function from<const R extends readonly RecordType[]>(
  topic: Topic,
  ...records: R
): Source<EventOf<R[number]>> {
  return { topic, records: records as unknown as readonly RecordType<EventOf<R[number]>>[] };
}

/**
 * Declares a worker. Everything else (topics, retries, dead letters, metrics, permissions) is derived.
 * @throws {TypeError} naming the field, when a value is out of range.
 */
export function defineWorker<const S extends readonly Source<Event>[], D extends object = object>(
  declaration: Omit<WorkerDeclaration<S[number] extends Source<infer E> ? E : never, D>, "reads"> & {
    readonly reads: S;
  },
): Worker {
  const {
    start = "beginning",
    retry = ["1s", "10s", "1m", "10m"],
    timeout = "30s",
    concurrency = 64,
    order = "key",
  } = declaration;
  const {
    name,
    reads,
    emits = [],
    tombstones = false,
    permissions = { net: [] },
    setup = () => ({}),
    handle,
    serve,
  } = declaration;
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new TypeError(
      `Cannot define worker as 'name' must be lower-case letters, digits and dashes: current value is '${name}'`,
    );
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new TypeError(
      `Cannot define worker '${name}' as 'concurrency' must be a positive integer: current value is ${concurrency}`,
    );
  if (reads.length > 0 && !handle)
    throw new TypeError(`Cannot define worker '${name}' as 'handle' must be a function when it reads topics`);
  if (reads.length === 0 && !serve)
    throw new TypeError(`Cannot define worker '${name}' as it must read a topic or serve`);
  for (const wait of retry) durationMs(wait);
  return {
    name,
    reads: reads as readonly Source[],
    emits,
    start,
    retry,
    timeoutMs: durationMs(timeout),
    concurrency,
    order,
    tombstones,
    permissions,
    // The runtime calls handle only with events of `reads` and with what this very setup returned.
    setup: setup as Worker["setup"],
    handle: handle as Worker["handle"],
    serve: serve as Worker["serve"],
  };
}
