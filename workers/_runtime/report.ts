import type { Logger } from "pino";
import type { FailureHeaders } from "./copies.ts";
import { fingerprint, kindOf } from "./fingerprint.ts";
import type { Stage } from "./headers.ts";
import type { Series } from "./histogram.ts";
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

/** What is said of one source topic's successes, without looking labels up for each record. */
interface TopicReport {
  /** Since the last flush: one labelled update a second instead of one a record. */
  done: number;
  readonly handlerSeconds: Series;
  readonly endToEndSeconds: Series;
}

/** Tells logs and metrics what became of each attempt. */
export class Report {
  private readonly log: Logger;
  private readonly metrics: Metrics;
  private readonly recordOf: (run: Run) => string | undefined;
  private readonly logsDone: boolean;
  private readonly topics = new Map<string, TopicReport>();

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
    const report = this.topics.get(topic) ?? this.topicReport(topic);
    report.done++;
    report.handlerSeconds.observe(durationMs / 1000);
    report.endToEndSeconds.observe(Math.max(0, now - run.originTime) / 1000);
    if (this.logsDone) this.line(run, topic, "done", durationMs);
  }

  /** `durationMs` undefined: no attempt was made, or it was told already. */
  failed(
    run: Run,
    topic: string,
    outcome: OutcomeName,
    durationMs: number | undefined,
    failure: FailureHeaders,
    dueAt?: number,
  ): void {
    this.metrics.outcome(topic, outcome);
    if (durationMs !== undefined) this.metrics.handlerSeconds.observe({ topic }, durationMs / 1000);
    const { stage, error = "Error", fingerprint: print = "" } = failure;
    if (outcome === "dead letter") this.metrics.deadLetter(topic, stage, error, print);
    this.line(run, topic, outcome, durationMs ?? 0, {
      failed: { stage, error, fingerprint: print },
      ...(dueAt === undefined ? {} : { dueAt }),
    });
  }

  parked(run: Run, topic: string): void {
    this.metrics.outcome(topic, "parked");
    this.line(run, topic, "parked", 0);
  }

  /** Another member owns the partition by now, and runs it again. */
  dropped(run: Run, topic: string, durationMs: number): void {
    this.metrics.outcome(topic, "dropped");
    this.line(run, topic, "dropped", durationMs);
  }

  skipped(topic: string, count: number): void {
    this.metrics.outcome(topic, "skipped", count);
  }

  flush(): void {
    for (const [topic, report] of this.topics) {
      this.metrics.outcome(topic, "done", report.done);
      report.done = 0;
    }
  }

  private topicReport(topic: string): TopicReport {
    const report = {
      done: 0,
      handlerSeconds: this.metrics.handlerSeconds.series({ topic }),
      endToEndSeconds: this.metrics.endToEndSeconds.series({ topic }),
    };
    this.topics.set(topic, report);
    return report;
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
