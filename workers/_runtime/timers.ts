import { setTimeout as sleep } from "node:timers/promises";
import type { JobsOptions } from "bullmq";
import type { Logger } from "pino";
import { maskUrl } from "./config-mask.ts";
import { redisClient } from "./redis.ts";
import { redisError } from "./redis-error.ts";
import { inSpan, type SpanOptions, type TraceHeaders, traceHeaders } from "./tracing.ts";

/** Something to be done at a time; only identity and data survive, in Redis. */
export interface Timer<T> {
  /** Another of the same id is dropped while the first one waits. */
  readonly id: string;
  /** Epoch milliseconds; one in the past is due at once. */
  readonly at: number;
  /** Goes through JSON. */
  readonly data: T;
}

export interface Timers<T> {
  /** @throws {Unavailable} then some of them may be there: schedule them again, duplicates are dropped */
  schedule(timers: readonly Timer<T>[]): Promise<void>;
  /** Takes a waiting one off; nothing happens when it isn't there or is due right now. Throws as `schedule`. */
  cancel(id: string): Promise<void>;
  /** Takes on no more, waits for what is being handled (at most 5 s), disconnects. */
  close(): Promise<void>;
}

export interface TimersOptions {
  readonly url: string;
  /** Of the queue: who schedules and who handles use the same. */
  readonly name: string;
  readonly log: Logger;
  /** Before every key. @default "boxoffice-timers" */
  readonly prefix?: string;
  /** Handled side by side by this process. @default 32 */
  readonly concurrency?: number;
  /** How long to wait for the first connect; it goes on trying afterwards. @default 5_000 */
  readonly waitMs?: number;
}

/** Of one `addBulk`, which is one round trip. */
const BATCH = 500;
/** A timer is never given up: losing one would leave seats held for ever. */
const FOR_EVER = 1_000_000_000;
const CLOSE_MS = 5_000;

/**
 * Timers that outlive the process: BullMQ delayed jobs. `onDue` is called at or after the time, at least once,
 * by one of the processes that passed it; when it throws it is called again, for ever, after 0.5 s to 30 s.
 * Without `onDue` this only schedules. BullMQ's clock is the member's.
 */
export async function createTimers<T extends object>(
  options: TimersOptions,
  onDue?: (data: T) => Promise<void>,
): Promise<Timers<T>> {
  // Loaded by those that use it: it costs 0.1 s, and everything imports the runtime.
  const { Queue } = await import("bullmq");
  const { url, name, log, prefix = "boxoffice-timers", concurrency = 32, waitMs = 5_000 } = options;
  const client = await redisClient(url, log, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  const queue = new Queue<T>(name, {
    connection: client,
    prefix,
    skipVersionCheck: true,
    defaultJobOptions: {
      attempts: FOR_EVER,
      backoff: { type: "bounded" },
      removeOnComplete: true,
      stackTraceLimit: 1,
    },
  });
  queue.on("error", quiet(log));
  const handling = onDue && (await startHandling(options, prefix, concurrency, onDue));

  const place = maskUrl(url);
  const outage = (error: unknown): never => {
    throw redisError(error, place);
  };
  // BullMQ would wait for the first connect without limit.
  const checkConnected = () => {
    if (client.status !== "ready") throw redisError(new Error("not connected"), place);
  };
  const giveUpAt = Date.now() + waitMs;
  while (client.status !== "ready" && Date.now() < giveUpAt) await sleep(5);
  return {
    async schedule(timers) {
      checkConnected();
      for (let at = 0; at < timers.length; at += BATCH) {
        const jobs = timers.slice(at, at + BATCH).map((timer) => ({
          name: "due",
          data: timer.data,
          opts: {
            jobId: jobId(timer.id),
            delay: Math.max(0, timer.at - Date.now()),
            // BullMQ's own place for the trace that a job belongs to.
            telemetry: { metadata: JSON.stringify(traceHeaders()) },
          },
        }));
        // BullMQ's type works out the job's data from a conditional type that a generic can't be checked against.
        await queue.addBulk(jobs as unknown as Parameters<typeof queue.addBulk>[0]).catch(outage);
      }
    },
    async cancel(id) {
      checkConnected();
      await queue.remove(jobId(id)).catch(outage);
    },
    async close() {
      await handling?.close();
      await Promise.race([queue.close().catch(() => {}), sleep(CLOSE_MS, undefined, { ref: false })]);
      client.disconnect();
    },
  };
}

async function startHandling<T extends object>(
  { url, name, log }: TimersOptions,
  prefix: string,
  concurrency: number,
  onDue: (data: T) => Promise<void>,
): Promise<{ close(): Promise<void> }> {
  const { Worker } = await import("bullmq");
  // BullMQ waits in blocking calls on a copy of it, which must outlast an outage.
  const client = await redisClient(url, log, { maxRetriesPerRequest: null });
  const worker = new Worker<T>(
    name,
    async (job) => await inSpan(spanOf(name, job.opts), () => onDue(job.data)),
    {
      connection: client,
      prefix,
      concurrency,
      skipVersionCheck: true,
      // A process that dies holds its due timers for this long, not for BullMQ's half minute.
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: FOR_EVER,
      settings: { backoffStrategy: (attempts) => Math.min(500 * 2 ** Math.min(attempts - 1, 10), 30_000) },
    },
  );
  worker.on("error", quiet(log));
  worker.on("failed", (job, error) =>
    log.warn({ job: job?.id, err: error }, "A due timer failed, it is tried again"),
  );
  return {
    async close() {
      const closing = worker.close().catch(() => {});
      await Promise.race([closing, sleep(CLOSE_MS, undefined, { ref: false })]);
      client.disconnect();
    },
  };
}

/** A timer belongs to the trace that set it. */
function spanOf(name: string, { telemetry }: JobsOptions): SpanOptions {
  return { name: `due ${name}`, kind: "consumer", parent: traceIn(telemetry?.metadata) };
}

function traceIn(metadata: string | undefined): TraceHeaders {
  try {
    const { traceparent, tracestate } = Object(JSON.parse(metadata ?? "{}"));
    return {
      ...(typeof traceparent === "string" && { traceparent }),
      ...(typeof tracestate === "string" && { tracestate }),
    };
  } catch {
    return {};
  }
}

/** BullMQ takes neither a ':' nor a whole number. */
function jobId(id: string): string {
  return `t-${encodeURIComponent(id)}`;
}

/** Connection errors are said once, by the client itself. */
function quiet(log: Logger): (error: Error) => void {
  return (error) => log.debug({ err: error }, "BullMQ met an error");
}
