import type { Result } from "./attempt.ts";
import type { Breaker } from "./breaker.ts";
import { sizeOf } from "./context.ts";
import {
  type CopyParts,
  deadLetterCopy,
  type FailureHeaders,
  letterOutcome,
  movedCopy,
  retryCopy,
} from "./copies.ts";
import { type Decision, decide } from "./decide.ts";
import type { Family } from "./family.ts";
import { bytesOf } from "./grouping.ts";
import { expect, leave, takeFollowers } from "./order.ts";
import type { Partition } from "./partition.ts";
import type { KafkaRecord, OutRecord } from "./record.ts";
import { failureHeaders, type Report } from "./report.ts";
import type { Run } from "./run-state.ts";
import type { Transactions } from "./transaction.ts";

export interface OutcomeParts {
  readonly family: Family;
  readonly breaker: Breaker;
  readonly copies: CopyParts;
  readonly report: Report;
  readonly transactions: Transactions;
  /** The partition stands still because of this run. */
  readonly onHalt: (reason: string, schemaId: number | undefined, run: Run) => void;
}

type Failed = Result & { kind: "failed" };

/** Turns what a run came to into what is written for it, and into what its key may do next. */
export class Outcomes {
  private readonly parts: OutcomeParts;
  private readonly partition: Partition;
  private readonly delaysMs: readonly number[];
  /** Schema ids whose records an operator sent to the DLQ; they no longer halt. */
  private readonly released = new Set<number>();

  constructor(partition: Partition, parts: OutcomeParts) {
    this.partition = partition;
    this.parts = parts;
    this.delaysMs = parts.family.ladder.map(({ delayMs }) => delayMs);
  }

  /** `now` by `performance.now()`. */
  started(run: Run, now: number): void {
    const { breaker, report, family } = this.parts;
    run.startedAt = now;
    run.startedTime = Date.now();
    run.probe = breaker.started(run.startedTime);
    run.successesAtStart = breaker.successes;
    report.started(run, family.source, run.startedTime);
  }

  settle(run: Run, result: Result): void {
    if (result.kind === "succeeded") return this.succeed(run, result.out, result.bytes);
    if (result.kind === "again") {
      this.parts.breaker.inconclusive(run.probe);
      return this.repeat(run, result.afterMs);
    }
    this.fail(run, result);
  }

  /** Its partition was closed while it ran: another owner decides, but a probe must not stay the last one. */
  drop(run: Run): void {
    run.queue.running = undefined;
    this.parts.breaker.inconclusive(run.probe);
    this.parts.report.dropped(run, this.parts.family.source, performance.now() - run.startedAt);
  }

  /** It succeeded at once and has nothing to write. */
  passed(run: Run): void {
    const durationMs = performance.now() - run.startedAt;
    this.parts.breaker.succeeded(run.probe);
    this.parts.report.succeeded(run, this.parts.family.source, durationMs, run.startedTime + durationMs);
  }

  private succeed(run: Run, out: readonly OutRecord[], bytes: number): void {
    const { breaker, report, family, copies, transactions } = this.parts;
    const durationMs = performance.now() - run.startedAt;
    const now = run.startedTime + durationMs;
    breaker.succeeded(run.probe);
    report.succeeded(run, family.source, durationMs, now);
    const letter = run.record && letterOutcome(copies, run, run.record, "processed", Math.round(now));
    run.out = letter ? [...out, letter] : out;
    run.outBytes = letter ? bytes + sizeOf(letter) : bytes;
    leave(run.queue, run);
    // Nothing can be refused of what writes nothing: its bytes need not wait for the commit.
    if (run.out.length === 0 && run.track.topic === family.source) run.record = undefined;
    transactions.push(run, false);
    this.partition.queues.schedule(run.queue);
  }

  private fail(run: Run, result: Failed): void {
    const { breaker, report, family } = this.parts;
    const now = Date.now();
    const outage = breaker.outage;
    if (result.failure === "unavailable" || result.failure === "suspect") breaker.failed(now, run.probe);
    else breaker.inconclusive(run.probe);
    const othersSucceeded = breaker.successes > run.successesAtStart;
    const decision = decide(result.failure, {
      attempt: run.attempt,
      ladder: this.delaysMs,
      outage,
      othersSucceeded,
    });
    const { record } = run;
    if (!record || decision.kind === "again") return this.repeat(run, 50);
    const durationMs = performance.now() - run.startedAt;
    const failure = failureHeaders(result.stage, result.error);
    if (decision.kind === "halt" && !this.isReleased(result.schemaId)) {
      report.failed(run, family.source, "halted", durationMs, failure);
      this.repeat(run, 0);
      return this.parts.onHalt(result.error.message, result.schemaId, run);
    }
    if (decision.kind === "retry") {
      const due = now + decision.delayMs;
      report.failed(run, family.source, "retry", durationMs, failure, due);
      return this.retry(run, record, decision, due, failure);
    }
    report.failed(run, family.source, "dead letter", durationMs, failure);
    this.deadLetter(run, record, failure);
  }

  /** The copy goes to its delay topic, and the key's later records follow it there. */
  private retry(
    run: Run,
    record: KafkaRecord,
    decision: Decision & { kind: "retry" },
    due: number,
    failure: ReturnType<typeof failureHeaders>,
  ): void {
    const { family, copies } = this.parts;
    const topic = family.ladder[decision.level]?.topic;
    if (topic === undefined) throw new RangeError(`Cannot retry as there is no level ${decision.level}`);
    leave(run.queue, run);
    const firstFailed = run.firstFailed ?? Date.now();
    this.write(run, [
      retryCopy(copies, run, record, { topic, attempt: decision.attempt, due, firstFailed, failure }),
    ]);
    if (run.queue.key !== undefined) {
      const { origin, replays } = run;
      expect(run.queue, { origin, replays, due, topic, decided: due - decision.delayMs });
      for (const follower of takeFollowers(run.queue)) {
        if (follower.record) this.park(follower, follower.record, { topic, due });
      }
    }
    this.partition.queues.schedule(run.queue);
  }

  /** To the same delay topic as the record it waits behind, with its own attempts untouched. */
  park(run: Run, record: KafkaRecord, behind: { topic: string; due: number }): void {
    const { copies, report, family } = this.parts;
    const { origin, replays } = run;
    expect(run.queue, { origin, replays, due: behind.due, topic: behind.topic, decided: Date.now() });
    this.write(run, [
      retryCopy(copies, run, record, { ...behind, attempt: run.attempt, failure: { stage: "parked" } }),
    ]);
    report.parked(run, family.source);
  }

  /** No attempt can be made at it: a dead letter at once. */
  poison(run: Run, record: KafkaRecord, error: Error): void {
    const { report, family } = this.parts;
    const failure = failureHeaders("frame", error);
    report.failed(run, family.source, "dead letter", undefined, failure);
    this.deadLetter(run, record, failure);
  }

  /** Releases the key's followers. */
  private deadLetter(run: Run, record: KafkaRecord, failure: FailureHeaders): void {
    leave(run.queue, run);
    this.write(run, this.letterOf(run, record, failure, Date.now()));
    this.partition.queues.schedule(run.queue);
  }

  /** The broker refuses what the handler emitted: a dead letter instead; undefined when that was refused already. */
  refused(run: Run, error: Error): readonly OutRecord[] | undefined {
    const { family, report } = this.parts;
    const { record } = run;
    if (
      !record ||
      run.out.some(
        ({ topic }) => topic === family.dlq || family.ladder.some((level) => level.topic === topic),
      )
    ) {
      return undefined;
    }
    const now = Date.now();
    const failure = failureHeaders("emit", error);
    report.failed(run, family.source, "dead letter", undefined, failure);
    return this.letterOf(run, record, failure, now);
  }

  /** The dead letter, and for a replay what became of the letter it was. */
  private letterOf(run: Run, record: KafkaRecord, failure: FailureHeaders, now: number): OutRecord[] {
    const { copies } = this.parts;
    const copy = deadLetterCopy(copies, run, record, failure, now);
    const outcome = letterOutcome(copies, run, record, "dead again", now);
    return outcome ? [copy, outcome] : [copy];
  }

  /** Copies a waiting record of a delay topic to its end: the done map gets room. Its key waits for the copy. */
  move(run: Run, record: KafkaRecord): void {
    const lying = run.queue.outstanding.find((outstanding) => outstanding.run === run);
    if (run.queue.key !== undefined && lying) Object.assign(lying, { run: undefined, decided: undefined });
    else leave(run.queue, run);
    this.write(run, [movedCopy(record)]);
    this.partition.queues.schedule(run.queue);
  }

  /** Records of this schema id go to the DLQ from now on instead of halting the partition. */
  release(schemaId: number): void {
    this.released.add(schemaId);
  }

  private isReleased(schemaId: number | undefined): boolean {
    return schemaId !== undefined && this.released.has(schemaId);
  }

  private write(run: Run, out: readonly OutRecord[]): void {
    run.out = out;
    run.outBytes = bytesOf(out);
    this.parts.transactions.push(run, true);
  }

  /** The same attempt again, from memory. */
  private repeat(run: Run, afterMs: number): void {
    run.queue.running = undefined;
    run.state = "waiting";
    run.track.returned();
    this.partition.keepIfRoom(run);
    this.partition.queues.scheduleAfter(run.queue, afterMs);
  }
}
