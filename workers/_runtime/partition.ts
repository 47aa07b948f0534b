import type { Attempts, Result } from "./attempt.ts";
import type { ClockSkew } from "./clock-skew.ts";
import type { Dispatcher, Runnable } from "./dispatch.ts";
import type { Family } from "./family.ts";
import { parseOurs } from "./headers.ts";
import { keyQueue } from "./key-queues.ts";
import { detached, type Memory } from "./memory.ts";
import { OldestFailure } from "./oldest-failure.ts";
import { arrive, parksBehind, wait } from "./order.ts";
import type { Outcomes } from "./outcomes.ts";
import { PartitionQueues } from "./partition-queues.ts";
import type { Halt } from "./partition-status.ts";
import { type KafkaRecord, NO_OUT } from "./record.ts";
import type { Run } from "./run-state.ts";
import { derivedRun, sourceRun, unreadableRun } from "./runs.ts";
import type { Track } from "./track.ts";
import type { Transactions } from "./transaction.ts";

export interface PartitionParts {
  readonly family: Family;
  readonly partition: number;
  readonly tracks: ReadonlyMap<string, Track>;
  /** False for `order: "none"`. */
  readonly ordered: boolean;
  readonly attempts: Attempts;
  readonly dispatcher: Dispatcher;
  readonly memory: Memory;
  readonly skew: ClockSkew;
  /** What a closed partition may still be asked is answered by the log. */
  readonly onScanned: () => void;
}

/**
 * One partition of a source topic with its retry and replay partitions, owned by this process: places what is read into
 * the queues of its keys, and says which of them may run. What comes of a run is decided in `outcomes.ts`.
 */
export class Partition implements Runnable {
  readonly parts: PartitionParts;
  state: "scanning" | "running" | "closed" = "scanning";
  halted: Halt | undefined;
  /** Source records in memory whose outcome is open, and their bytes. */
  held = 0;
  heldBytes = 0;
  /** Records in retry and replay topics whose outcome is open. */
  outstanding = 0;
  /** Attempts in flight. */
  running = 0;
  readonly queues: PartitionQueues;
  /** Of what is outstanding in retry topics. */
  readonly oldestFailure = new OldestFailure();
  /** The queue of records that are started directly, as long as they need none. */
  private readonly direct = keyQueue(undefined);
  private outcomes: Outcomes | undefined;
  private transactions: Transactions | undefined;

  constructor(parts: PartitionParts) {
    this.parts = parts;
    this.queues = new PartitionQueues(this, parts.dispatcher, { isOrdered: parts.ordered });
  }

  /** Set once the producer is fenced; nothing is placed before. */
  writeThrough(outcomes: Outcomes, transactions: Transactions): void {
    this.outcomes = outcomes;
    this.transactions = transactions;
  }

  get source(): string {
    return this.parts.family.source;
  }

  get mayStart(): boolean {
    return this.state === "running" && this.halted === undefined;
  }

  /** A record of the source topic that this worker handles. */
  placeSource(track: Track, record: KafkaRecord): void {
    if (this.startDirectly(track, record)) return;
    const queue = this.queues.of(record.key);
    const run = sourceRun(track, record, queue);
    this.hold(run);
    const ahead = parksBehind(queue, run.origin);
    if (ahead?.topic !== undefined)
      return this.outcomes?.park(run, record, { topic: ahead.topic, due: ahead.due });
    wait(queue, run);
    this.queues.schedule(queue);
  }

  /**
   * Runs the record at once when nothing of its key is known and nothing else is ready: the usual case of handlers that
   * return no promise, whose records then need no queue, no place among the undone and no transaction of their own.
   */
  private startDirectly(track: Track, record: KafkaRecord): boolean {
    const { attempts, dispatcher } = this.parts;
    const { outcomes, transactions } = this;
    const now = performance.now();
    if (!this.mayStart || !outcomes || !transactions || !dispatcher.mayStartDirectly(now)) return false;
    if (this.queues.has(record.key)) return false;
    const run = sourceRun(track, record, this.direct);
    if (!track.hasRoomFor(run)) return false;
    run.state = "running";
    dispatcher.running++;
    this.running++;
    outcomes.started(run, now);
    let returned = false;
    let ended = false;
    attempts.start(run, this.source, (result: Result) => {
      ended = true;
      this.running--;
      dispatcher.running--;
      // Earlier outcomes that have something to write come first: with them this one takes its turn.
      const quiet =
        !returned && result.kind === "succeeded" && result.out.length === 0 && transactions.writers === 0;
      if (quiet) {
        track.passed(record.offset);
        return outcomes.passed(run);
      }
      if (!returned) this.adopt(run);
      if (this.state !== "closed") outcomes.settle(run, result);
      else outcomes.drop(run);
      dispatcher.kick();
    });
    returned = true;
    if (!ended) this.adopt(run);
    return true;
  }

  /** A run that was started directly is not through at once: it takes its place among its key's and the undone. */
  private adopt(run: Run): void {
    if (this.state === "closed" || !run.record) return;
    run.queue = this.queues.of(run.record.key);
    run.queue.running = run;
    this.hold(run);
    run.track.left(run);
    wait(run.queue, run);
  }

  private hold(run: Run): void {
    run.track.add(run);
    this.held++;
    this.heldBytes += run.bytes;
  }

  /** @throws {MalformedHeaders} when a derived record's headers can't be read */
  placeDerived(track: Track, record: KafkaRecord): void {
    // First, for it may throw: no queue may be left behind then.
    const ours = parseOurs(record.headers);
    const isReplay = track.topic === this.parts.family.replay;
    const queue = this.queues.of(record.key);
    const run = derivedRun(track, record, ours, { sourceTopic: this.source, isReplay, queue });
    track.add(run);
    this.outstanding++;
    if (run.firstFailed !== undefined) this.oldestFailure.add(run.firstFailed, run);
    run.charged = this.parts.memory.take(run.bytes);
    run.record = run.charged ? detached(record) : undefined;
    const decided = arrive(queue, run, isReplay ? undefined : track.topic);
    if (!isReplay) this.parts.skew.observe(decided, record.timestamp, Date.now());
    this.queues.schedule(queue);
  }

  /** A record that can't be placed by its headers or frame: a dead letter at once, in nobody's way. */
  placePoison(track: Track, record: KafkaRecord, error: Error): void {
    const queue = this.queues.alone();
    let run: Run;
    if (track.topic === this.source) {
      run = sourceRun(track, record, queue);
      this.hold(run);
    } else {
      run = unreadableRun(track, record, queue);
      track.add(run);
      this.outstanding++;
    }
    this.outcomes?.poison(run, record, error);
  }

  /** Everything that was in retry topics when it was opened is known: handlers may start. */
  finishScan(): void {
    if (this.state !== "scanning") return;
    for (const track of this.parts.tracks.values()) {
      if (track.topic !== this.source && track.topic !== this.parts.family.replay && !track.scanned) return;
    }
    this.state = "running";
    this.queues.scheduleAll();
    this.parts.onScanned();
  }

  start(run: Run, now: number, finished: () => void): void {
    this.queues.started(run.queue);
    this.outcomes?.started(run, now);
    this.running++;
    this.parts.attempts.start(run, this.source, (result: Result) => {
      if (this.state !== "closed") this.outcomes?.settle(run, result);
      else this.outcomes?.drop(run);
      this.running--;
      finished();
    });
  }

  /** The runs' transaction committed. */
  settled(runs: readonly Run[]): void {
    for (const run of runs) {
      run.state = "done";
      run.out = NO_OUT;
      run.track.settled();
      if (run.track.topic === this.source) {
        this.held--;
        this.heldBytes -= run.bytes;
      } else this.outstanding--;
      this.release(run);
    }
    this.queues.unstall();
  }

  /** A body that was fetched for one attempt stays for the next only within the memory for bodies read ahead. */
  keepIfRoom(run: Run): void {
    if (run.charged || !run.record || run.track.topic === this.source) return;
    run.charged = this.parts.memory.take(run.bytes);
    if (!run.charged) run.record = undefined;
  }

  /** The body is no longer needed, or no longer ours to keep. */
  private release(run: Run): void {
    run.record = undefined;
    if (run.charged) this.parts.memory.give(run.bytes);
    run.charged = false;
  }

  /** Nothing of it is written from here on; what runs still is not waited for. */
  close(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    // Decided ones have left their queues: only the tracks know all whose bodies are in memory.
    for (const track of this.parts.tracks.values()) for (const run of track.clear()) this.release(run);
    this.queues.clear();
    void this.transactions?.close();
  }
}
