import type { Logger } from "pino";
import type { CommittedOffset } from "./broker.ts";
import { type Broker, type TransactionalProducer, TransactionFailed } from "./broker.ts";
import type { OffsetCommit, OutRecord } from "./record.ts";
import { idOf, type Run } from "./run-state.ts";
import type { Track } from "./track.ts";
import { pause } from "./wait.ts";

/** Bounds of one transaction: `send` is not split, so one batch per target partition must stay below 1 MB. */
const MOST_RECORDS = 1_000;
export const MOST_BYTES = 700_000;
/** Runs without output weigh nothing; the bound only keeps one pass short. */
const MOST_RUNS = 50_000;
const SHORTEST_GROUPING_MS = 20;
const LONGEST_GROUPING_MS = 200;

export interface TransactionParts {
  readonly broker: Broker;
  readonly groupId: string;
  readonly transactionalId: string;
  readonly tracks: () => readonly Track[];
  /** Resolves after the next heartbeat that is answered well, or a join. */
  readonly heartbeat: (signal: AbortSignal) => Promise<void>;
  /** The runs' transaction committed. */
  readonly settled: (runs: readonly Run[]) => void;
  /** What to write for a run whose own records the broker refuses; undefined: nothing can be written for it. */
  readonly refused: (run: Run, error: Error) => readonly OutRecord[] | undefined;
  /** This partition's outcomes can't be written from here any more. */
  readonly lost: (reason: string) => void;
  readonly observe: (result: "committed" | "aborted" | "fenced", seconds: number) => void;
  readonly log: Logger;
}

/** How many runs of `decided`, from the front, go into one transaction: at least one. */
export function groupLength(decided: readonly Run[]): number {
  let records = 0;
  let bytes = 0;
  let length = 0;
  for (const run of decided) {
    records += run.out.length;
    bytes += run.outBytes;
    if (length > 0 && (records > MOST_RECORDS || bytes > MOST_BYTES || length >= MOST_RUNS)) break;
    length++;
  }
  return length;
}

/**
 * Everything one partition writes: decided outcomes go out in order, grouped, one transaction at a time, together with
 * the offsets and done maps that say so. Nothing else advances an offset.
 */
export class Transactions {
  private readonly parts: TransactionParts;
  private producer: TransactionalProducer;
  private decided: Run[] = [];
  /** Groups that an abort gave back, to be written before anything else. */
  private again: Run[][] = [];
  private records = 0;
  private bytes = 0;
  private busy = false;
  private urgent = false;
  private flushing = 0;
  private timer: NodeJS.Timeout | undefined;
  private groupingMs = SHORTEST_GROUPING_MS;
  private readonly closing = new AbortController();
  private idle: (() => void)[] = [];
  /** As the broker has them, by topic. */
  readonly committed = new Map<string, number>();

  constructor(parts: TransactionParts, producer: TransactionalProducer) {
    this.parts = parts;
    this.producer = producer;
  }

  /** Runs decided and not committed yet. */
  get backlog(): number {
    return this.decided.length;
  }

  /** `urgent`: others wait for what it writes, so it goes out at once. */
  push(run: Run, urgent: boolean): void {
    run.state = "decided";
    run.track.dirty = true;
    this.decided.push(run);
    this.records += run.out.length;
    this.bytes += run.outBytes;
    if (urgent || this.records >= MOST_RECORDS || this.bytes >= MOST_BYTES) this.urgent = true;
    this.schedule();
  }

  /** Offsets moved without a run (records that are not ours). */
  schedule(): void {
    if (this.busy || this.closing.signal.aborted) return;
    if (this.urgent || this.flushing > 0) {
      // After the caller is through: what it still decides belongs into the same transaction.
      this.busy = true;
      queueMicrotask(() => void this.pump());
    } else {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        if (this.busy || this.closing.signal.aborted) return;
        this.busy = true;
        void this.pump();
      }, this.groupingMs);
    }
  }

  /** What is decided goes out now: reading waits for room. */
  hurry(): void {
    this.urgent = true;
    this.schedule();
  }

  /** Resolves when all that is decided is written, or can't be any more. */
  async flush(signal: AbortSignal): Promise<void> {
    this.flushing++;
    try {
      while (!signal.aborted && !this.closing.signal.aborted && this.hasWork()) {
        this.schedule();
        await new Promise<void>((resolve) => {
          this.idle.push(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    } finally {
      this.flushing--;
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    clearTimeout(this.timer);
    this.decided = [];
    this.again = [];
    this.wakeIdle();
    await this.producer.close();
  }

  private hasWork(): boolean {
    return (
      this.busy ||
      this.decided.length > 0 ||
      this.again.length > 0 ||
      this.parts.tracks().some((track) => track.dirty)
    );
  }

  private async pump(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      do {
        this.urgent = false;
        const group = this.again.shift() ?? this.takeGroup();
        await this.commit(group);
      } while (!this.closing.signal.aborted && (this.urgent || this.again.length > 0));
    } catch (error) {
      // A bug of ours: the partition is opened anew rather than left half alive.
      this.parts.log.error({ err: error }, "the transaction loop failed");
      this.parts.lost("the transaction loop failed");
    }
    this.busy = false;
    this.wakeIdle();
    if (!this.closing.signal.aborted && this.hasWork()) this.schedule();
  }

  private takeGroup(): Run[] {
    const length = groupLength(this.decided);
    const group = this.decided.slice(0, length);
    this.decided = this.decided.slice(length);
    this.records = 0;
    this.bytes = 0;
    for (const run of this.decided) {
      this.records += run.out.length;
      this.bytes += run.outBytes;
    }
    if (this.records >= MOST_RECORDS || this.bytes >= MOST_BYTES) this.urgent = true;
    return group;
  }

  private async commit(group: Run[]): Promise<void> {
    for (const run of group) {
      run.state = "committing";
      run.track.dirty = true;
    }
    const dirty = this.parts.tracks().filter((track) => track.dirty);
    if (dirty.length === 0) return;
    const offsets = dirty.map((track) => {
      track.dirty = false;
      return track.commit();
    });
    const records = group.flatMap((run) => run.out);
    const startedAt = performance.now();
    try {
      await this.producer.commit(this.parts.groupId, records, offsets);
    } catch (error) {
      const failure =
        error instanceof TransactionFailed
          ? error
          : new TransactionFailed("unknown", String(error), { cause: error });
      this.parts.observe(
        failure.kind === "fenced" ? "fenced" : "aborted",
        (performance.now() - startedAt) / 1000,
      );
      await this.recover(group, offsets, dirty, failure);
      return;
    }
    const tookMs = performance.now() - startedAt;
    this.parts.observe("committed", tookMs / 1000);
    // A broker under load gets larger groups, not more of them.
    this.groupingMs = Math.min(LONGEST_GROUPING_MS, Math.max(SHORTEST_GROUPING_MS, 4 * tookMs));
    this.settle(group, offsets);
  }

  private settle(group: readonly Run[], offsets: readonly OffsetCommit[]): void {
    for (const { topic, offset } of offsets) this.committed.set(topic, offset);
    if (!this.closing.signal.aborted) this.parts.settled(group);
  }

  /**
   * After a failure the producer is spent. Ownership is proved by a heartbeat before it is initialised again (else a
   * zombie and the owner fence each other for ever); then the committed offsets say whether the transaction happened.
   */
  private async recover(
    group: Run[],
    offsets: readonly OffsetCommit[],
    dirty: readonly Track[],
    failure: TransactionFailed,
  ): Promise<void> {
    const { log, parts } = { log: this.parts.log, parts: this.parts };
    const { signal } = this.closing;
    for (const run of group) run.state = "decided";
    for (const track of dirty) track.dirty = true;
    if (!failure.spent) return this.giveBack(group, failure);
    if (failure.kind === "fenced") return parts.lost("another producer has the transactional id");
    if (failure.kind === "unknown")
      log.warn(
        { err: failure, transactionalId: parts.transactionalId },
        "a transaction failed; its outcome is asked for",
      );
    for (let waitMs = 100; !signal.aborted; waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        await this.producer.close();
        await parts.heartbeat(signal);
        this.producer = parts.broker.transactional(parts.transactionalId);
        await this.producer.fence();
        const stands = await parts.broker.admin.committed(
          parts.groupId,
          offsets.map(({ topic }) => topic),
        );
        if (signal.aborted) return;
        if (offsets.every((offset) => isCommitted(offset, stands.get(offset.topic)))) {
          for (const run of group) run.state = "committing";
          return this.settle(group, offsets);
        }
        return this.giveBack(group, failure);
      } catch (error) {
        if (signal.aborted) return;
        log.warn(
          { err: error, transactionalId: parts.transactionalId },
          "could not initialise the producer again; trying on",
        );
        await pause(waitMs, signal);
      }
    }
  }

  /** The transaction did not happen: the group goes again, in halves when one of its records is to blame. */
  private giveBack(group: Run[], failure: TransactionFailed): void {
    const writers = group.filter((run) => run.out.length > 0).length;
    if (failure.kind !== "refused" || writers === 0) {
      this.again.unshift(group);
    } else if (writers > 1 || group.length > 1) {
      const half = Math.ceil(group.length / 2);
      this.again.unshift(group.slice(0, half), group.slice(half));
    } else {
      const [run] = group;
      if (!run) return;
      const instead = this.parts.refused(run, failure);
      if (!instead)
        return this.parts.lost(`the broker refuses even the copy of record ${idOf(run)}: ${failure.message}`);
      run.out = instead;
      this.again.unshift([run]);
    }
  }

  private wakeIdle(): void {
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }
}

function isCommitted(wanted: OffsetCommit, stands: readonly CommittedOffset[] | undefined): boolean {
  const found = stands?.find(({ partition }) => partition === wanted.partition);
  return found !== undefined && found.offset === wanted.offset && found.metadata === wanted.metadata;
}
