import { type TransactionalProducer, TransactionFailed } from "./broker.ts";
import { bytesOf, fit, groupLength, halves, MOST_BYTES, MOST_RECORDS } from "./grouping.ts";
import type { OffsetCommit, OutRecord } from "./record.ts";
import { type RecoveryParts, recover } from "./recovery.ts";
import type { Run } from "./run-state.ts";
import type { Track } from "./track.ts";

const SHORTEST_GROUPING_MS = 20;
const LONGEST_GROUPING_MS = 200;

export interface TransactionParts extends RecoveryParts {
  readonly tracks: () => readonly Track[];
  /** The runs' transaction committed. */
  readonly settled: (runs: readonly Run[]) => void;
  /** What to write for a run whose own records the broker refuses; undefined: nothing can be written for it. */
  readonly refused: (run: Run, error: Error) => readonly OutRecord[] | undefined;
  /** This partition's outcomes can't be written from here any more. */
  readonly lost: (reason: string) => void;
  /** The broker refuses even the run's copy. */
  readonly stuck: (run: Run, error: Error) => void;
  readonly observe: (result: "committed" | "aborted" | "fenced" | "unknown", seconds: number) => void;
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
  readonly committed: Map<string, number>;

  constructor(
    parts: TransactionParts,
    opened: { readonly producer: TransactionalProducer; readonly committed: ReadonlyMap<string, number> },
  ) {
    this.parts = parts;
    this.producer = opened.producer;
    this.committed = new Map(opened.committed);
  }

  /** Runs whose output is decided and not committed yet. */
  writers = 0;

  /** Runs decided and not committed yet. */
  get backlog(): number {
    return this.decided.length;
  }

  /** `urgent`: others wait for what it writes, so it goes out at once. */
  push(run: Run, urgent: boolean): void {
    if (run.out.length > 0) this.writers++;
    if (run.state === "waiting") run.track.left(run);
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

  /** Resolves when all that is decided is written, or can't be any more, or `signal` is aborted. */
  async flush(signal: AbortSignal): Promise<void> {
    this.flushing++;
    const giveUp = () => this.wakeIdle();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      while (!signal.aborted && !this.closing.signal.aborted && this.hasWork()) {
        this.schedule();
        await new Promise<void>((resolve) => this.idle.push(resolve));
      }
    } finally {
      signal.removeEventListener("abort", giveUp);
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
      // Closed before it came to run: nothing may be said of offsets any more.
      while (!this.closing.signal.aborted) {
        this.urgent = false;
        await this.commit(this.again.shift() ?? this.takeGroup());
        if (!this.urgent && this.again.length === 0) break;
      }
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
    this.records = this.decided.reduce((records, { out }) => records + out.length, 0);
    this.bytes = this.decided.reduce((bytes, { outBytes }) => bytes + outBytes, 0);
    if (this.records >= MOST_RECORDS || this.bytes >= MOST_BYTES) this.urgent = true;
    return group;
  }

  private async commit(decided: Run[]): Promise<void> {
    const { group, rest, offsets } = fit(decided, (runs) => this.offsetsWith(runs, decided));
    // They wait for what makes room in the done map: the lowest undone record, which may always run. Halves behind them
    // wait, too: a key's later event must not overtake its earlier one.
    if (rest.length > 0) this.decided = [...rest, ...this.again.splice(0).flat(), ...this.decided];
    if (offsets.length === 0) return;
    const dirty = this.parts.tracks().filter((track) => track.dirty);
    for (const track of dirty) track.dirty = false;
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
        failure.kind === "refused" ? "aborted" : failure.kind,
        (performance.now() - startedAt) / 1000,
      );
      for (const run of group) run.state = "decided";
      for (const track of dirty) track.dirty = true;
      return this.afterFailure(group, offsets, failure);
    }
    const tookMs = performance.now() - startedAt;
    this.parts.observe("committed", tookMs / 1000);
    // A broker under load gets larger groups, not more of them.
    this.groupingMs = Math.min(LONGEST_GROUPING_MS, Math.max(SHORTEST_GROUPING_MS, 4 * tookMs));
    this.settle(group, offsets);
  }

  /** What would be committed when of the `decided` just `runs` go out, which are marked so. */
  private offsetsWith(runs: readonly Run[], decided: readonly Run[]): OffsetCommit[] {
    for (const run of decided) {
      run.state = "decided";
      run.track.dirty = true;
    }
    for (const run of runs) run.state = "committing";
    return this.parts
      .tracks()
      .filter((track) => track.dirty)
      .map((track) => track.commit());
  }

  private settle(group: readonly Run[], offsets: readonly OffsetCommit[]): void {
    for (const run of group) if (run.out.length > 0) this.writers--;
    for (const { topic, offset } of offsets) this.committed.set(topic, offset);
    if (!this.closing.signal.aborted) this.parts.settled(group);
  }

  private async afterFailure(
    group: Run[],
    offsets: readonly OffsetCommit[],
    failure: TransactionFailed,
  ): Promise<void> {
    if (!failure.spent) return this.giveBack(group, failure);
    if (failure.kind === "fenced") return this.parts.lost("another producer has the transactional id");
    const recovered = await recover(this.parts, this.producer, offsets, failure, this.closing.signal);
    if (!recovered) return;
    this.producer = recovered.producer;
    if (!recovered.committed) return this.giveBack(group, failure);
    for (const run of group) run.state = "committing";
    this.settle(group, offsets);
  }

  /** The transaction did not happen: the group goes again, in halves when one of its records is to blame. */
  private giveBack(group: Run[], failure: TransactionFailed): void {
    const writers = group.filter((run) => run.out.length > 0).length;
    if (failure.kind !== "refused" || writers === 0) {
      this.again.unshift(group);
    } else if (group.length > 1) {
      this.again.unshift(...halves(group));
    } else {
      const [run] = group;
      if (!run) return;
      const instead = this.parts.refused(run, failure);
      if (!instead) return this.parts.stuck(run, failure);
      run.out = instead;
      run.outBytes = bytesOf(instead);
      this.again.unshift([run]);
    }
  }

  private wakeIdle(): void {
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }
}
