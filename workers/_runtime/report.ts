import type { Logger } from "pino";
import type { FailureHeaders } from "./copies.ts";
import { fingerprint, kindOf } from "./fingerprint.ts";
import type { Stage } from "./headers.ts";
import type { Metrics } from "./metrics.ts";
import { logOutcome, type OutcomeName } from "./outcome.ts";
import { idOf, type Run } from "./run-state.ts";

/** What our headers, logs and metrics say of a failure. */
export function failureHeaders(
  stage: Stage,
  error: Error,
): FailureHeaders & { error: string; fingerprint: string } {
  return { stage, error: kindOf(error), reason: error.message, fingerprint: fingerprint(error, stage) };
}

/** Tells logs and metrics what became of each attempt. */
export class Report {
  private readonly log: Logger;
  private readonly metrics: Metrics;
  private readonly recordOf: (run: Run) => string | undefined;
  private readonly logsDone: boolean;
  /** Successes since the last flush, by topic: one labelled update a second instead of one a record. */
  private readonly done = new Map<string, number>();

  constructor(parts: { log: Logger; metrics: Metrics; recordOf: (run: Run) => string | undefined }) {
    this.log = parts.log;
    this.metrics = parts.metrics;
    this.recordOf = parts.recordOf;
    this.logsDone = parts.log.isLevelEnabled("info");
  }

  started(run: Run, topic: string, now: number): void {
    if (run.due > 0) this.metrics.retryLatenessSeconds.observe({ topic }, Math.max(0, now - run.due) / 1000);
  }

  succeeded(run: Run, topic: string, durationMs: number, now: number): void {
    this.done.set(topic, (this.done.get(topic) ?? 0) + 1);
    this.metrics.handlerSeconds.observe({ topic }, durationMs / 1000);
    this.metrics.endToEndSeconds.observe({ topic }, Math.max(0, now - run.originTime) / 1000);
    if (this.logsDone) this.line(run, topic, "done", durationMs);
  }

  failed(
    run: Run,
    topic: string,
    outcome: OutcomeName,
    durationMs: number,
    failure: FailureHeaders,
    dueAt?: number,
  ): void {
    this.metrics.outcome(topic, outcome);
    this.metrics.handlerSeconds.observe({ topic }, durationMs / 1000);
    const { stage, error = "Error", fingerprint: print = "" } = failure;
    if (outcome === "dead letter") this.metrics.deadLetter(topic, stage, error);
    this.line(run, topic, outcome, durationMs, {
      failed: { stage, error, fingerprint: print },
      ...(dueAt === undefined ? {} : { dueAt }),
    });
  }

  parked(run: Run, topic: string): void {
    this.metrics.outcome(topic, "parked");
    this.line(run, topic, "parked", 0);
  }

  skipped(topic: string, count: number): void {
    this.metrics.outcome(topic, "skipped", count);
  }

  flush(): void {
    for (const [topic, count] of this.done) this.metrics.outcome(topic, "done", count);
    this.done.clear();
  }

  private line(
    run: Run,
    topic: string,
    outcome: OutcomeName,
    durationMs: number,
    more: Partial<Parameters<typeof logOutcome>[1]> = {},
  ): void {
    logOutcome(this.log, {
      id: idOf(run),
      topic,
      record: this.recordOf(run),
      outcome,
      attempt: run.attempt,
      durationMs,
      ...more,
    });
  }
}
