import type { Logger } from "pino";
import type { Registry as MetricsRegistry } from "prom-client";
import { Attempts } from "./attempt.ts";
import { Bodies } from "./bodies.ts";
import { Breaker } from "./breaker.ts";
import type { Broker } from "./broker.ts";
import { createChecks } from "./checks.ts";
import { ClockSkew } from "./clock-skew.ts";
import { type Codec, createCodec } from "./codec.ts";
import type { Config } from "./config.ts";
import { contextsWith, encodeEvent } from "./context.ts";
import { Dispatcher } from "./dispatch.ts";
import { watchEventLoop } from "./event-loop.ts";
import { familyOf } from "./family.ts";
import { readFrame } from "./frame.ts";
import { observeGauges } from "./gauges.ts";
import { type Health, startHealth } from "./health.ts";
import { Membership } from "./member.ts";
import { Memory } from "./memory.ts";
import { createMetrics } from "./metrics.ts";
import { processRegistry } from "./process-metrics.ts";
import { connectRegistry } from "./registry.ts";
import { createReleases } from "./releases.ts";
import { Report } from "./report.ts";
import type { Run } from "./run-state.ts";
import { afterAnswers } from "./sweep.ts";
import { activateTracing } from "./tracing.ts";
import type { Host, Worker } from "./worker.ts";

/** How often deadlines of running handlers are looked at. */
const SWEEP_EVERY_MS = 100;
const FLUSH_EVERY_MS = 1_000;
/** Each resource a worker deferred gets this long to let go. */
const RELEASE_MS = 5_000;
const PUBLISH_TIMEOUT_MS = 5_000;

export interface RunOptions {
  readonly config: Config;
  /** Version or commit, for logs and `bo-build`. */
  readonly build: string;
  /** For metrics; undefined: unknown. */
  readonly commit?: string | undefined;
  readonly log: Logger;
  readonly broker: Broker;
  /** Called when the worker can't go on; the process must end and be restarted. */
  readonly crashed: (error: Error) => void;
}

export interface RunningWorker {
  readonly health: Health;
  /** Stops fetching, finishes or abandons what runs, commits, leaves, lets resources go. */
  stop(): Promise<void>;
}

/**
 * Starts one worker in this process: health port first (a probe must be answered while schemas load), then resources,
 * then the group.
 * @throws when its resources, schemas or group can't be had; nothing is left open then.
 */
export async function runWorker(worker: Worker, options: RunOptions): Promise<RunningWorker> {
  const { config, log, broker } = options;
  const releases = createReleases(log);
  const closing = new AbortController();
  let membership: Membership | undefined;
  try {
    if (config.tracing) {
      const { openTelemetry } = await import("./open-telemetry.ts");
      const kept = await openTelemetry(config.tracing, { worker: worker.name, build: options.build });
      activateTracing(kept);
      releases.push("tracing", async () => {
        activateTracing(undefined);
        await kept.close();
      });
    }
    const registry = processRegistry({
      worker: worker.name,
      build: options.build,
      commit: options.commit,
    });
    const checks = createChecks();
    let starting = true;
    checks.ready("start", () => (starting ? "is starting" : undefined));
    const eventLoop = watchEventLoop();
    releases.push("event loop watch", () => eventLoop.stop());
    const codec = createCodec({
      registry: connectRegistry(config.registry),
      records: [...new Set(worker.reads.flatMap(({ records }) => records))],
      topics: worker.emits,
    });
    const breaker = new Breaker();
    const dispatcher = new Dispatcher({
      concurrency: worker.concurrency,
      breaker,
      leaseHolds: (now) => membership?.leaseHolds(now) ?? false,
    });
    const partitions = {
      listPartitions: () => membership?.control.listPartitions() ?? [],
      release: async (topic: string, partition: number, schemaId?: number) =>
        membership ? membership.control.release(topic, partition, schemaId) : { released: 0 },
    };
    const health = await startHealth({
      ...config.health,
      worker: worker.name,
      checks,
      registry,
      eventLoop,
      ...(worker.reads.length > 0 ? { partitions } : {}),
      adminToken: config.runtime.adminToken,
      log,
    });
    releases.push("health port", () => health.close());
    log.info({ health: health.url }, "listening");

    const host: Host = {
      config,
      log,
      signal: closing.signal,
      publish: async (topic, event, publishOptions = {}) => {
        const record = encodeEvent(codec, topic, event);
        await broker.producer().send([record], { timeoutMs: PUBLISH_TIMEOUT_MS, ...publishOptions });
      },
      broker,
      metrics: registry,
      readiness: (name, check) => checks.ready(name, check),
      defer: (release) => releases.push("resource", release),
    };
    await codec.ready(closing.signal);
    const resources = await worker.setup(host);
    if (worker.reads.length > 0) {
      membership = await joinGroup(
        worker,
        options,
        {
          codec,
          breaker,
          dispatcher,
          registry,
          resources,
          onAttempts: (attempts) => checks.alive("handlers", () => attempts.stuck(Date.now())),
        },
        releases.push,
      );
      const joined = membership;
      checks.ready("group", () => joined.ready);
    }
    await worker.serve?.(host, resources);
    starting = false;
    return {
      health,
      async stop() {
        closing.abort();
        await membership?.stop(config.runtime.shutdownMs);
        await releases.run(RELEASE_MS);
      },
    };
  } catch (error) {
    closing.abort();
    await membership?.stop(0);
    await releases.run(RELEASE_MS);
    throw error;
  }
}

interface GroupParts {
  readonly codec: Codec;
  readonly breaker: Breaker;
  readonly dispatcher: Dispatcher;
  readonly registry: MetricsRegistry;
  readonly resources: object;
  readonly onAttempts: (attempts: Attempts) => void;
}

async function joinGroup(
  worker: Worker,
  { config, build, log, broker, crashed }: RunOptions,
  { codec, breaker, dispatcher, registry, resources, onAttempts }: GroupParts,
  defer: (name: string, release: () => void) => void,
): Promise<Membership> {
  const families = worker.reads.map(({ topic }) =>
    familyOf(worker, topic.name, config.runtime.retry ?? worker.retry),
  );
  const memory = new Memory(config.runtime.retryMemoryBytes);
  const bodies = new Bodies(broker, memory);
  const readers = new Map(
    worker.reads.map(({ topic, records }) => [
      topic.name,
      new Map(records.map((each) => [each.fullName, each])),
    ]),
  );
  const attempts = new Attempts({
    worker,
    codec,
    Context: contextsWith(resources, { codec, log }),
    reader: (sourceTopic, fullName) => readers.get(sourceTopic)?.get(fullName),
    load: (run, signal) => bodies.load(run, signal),
  });
  onAttempts(attempts);
  const skew = new ClockSkew();
  const metrics = createMetrics({ worker: worker.name, registry });
  metrics.concurrencyLimit.set(worker.concurrency);
  metrics.startAtZero(worker.reads.map(({ topic }) => topic.name));
  const report = new Report({ log, metrics, recordOf: (run) => recordName(codec, run) });
  const membership = new Membership({
    worker,
    build,
    broker,
    codec,
    attempts,
    dispatcher,
    breaker,
    memory,
    bodies,
    metrics,
    report,
    skew,
    log,
    families,
    crashed,
  });
  const turn = afterAnswers((now) => attempts.sweep(now), SWEEP_EVERY_MS, Date.now());
  const sweep = setInterval(() => turn(Date.now()), SWEEP_EVERY_MS);
  const flush = setInterval(() => {
    report.flush();
    observeGauges(metrics, { membership, dispatcher, breaker, skew, codec });
    skew.alarm(Date.now(), log);
  }, FLUSH_EVERY_MS);
  defer("timers", () => {
    clearInterval(sweep);
    clearInterval(flush);
    report.flush();
  });
  try {
    await membership.start();
  } catch (error) {
    await membership.stop(0);
    throw error;
  }
  return membership;
}

function recordName(codec: Codec, run: Run): string | undefined {
  const frame = readFrame(run.record?.value ?? null);
  return frame.kind === "event" ? codec.nameOf(frame.schemaId) : undefined;
}
