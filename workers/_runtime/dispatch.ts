import type { Breaker } from "./breaker.ts";
import type { KeyQueue } from "./key-queues.ts";
import { next, timeFor } from "./order.ts";
import type { Run } from "./run-state.ts";

/** What the dispatcher needs of a partition. */
export interface Runnable {
  /** False when it is draining, halted or closed. */
  readonly mayStart: boolean;
  /** Runs the attempt, from `now` by `performance.now()`; calls `finished` exactly once, maybe before it returns. */
  start(run: Run, now: number, finished: () => void): void;
  readonly queues: {
    /** The done map has no room for it now; it is queued again after the next commit. */
    stall(queue: KeyQueue): void;
    /** What was ready isn't any more: looks when it may run. */
    schedule(queue: KeyQueue): void;
  };
}

export interface DispatchOptions {
  readonly concurrency: number;
  readonly breaker: Breaker;
  /** False while this member may have been expelled without knowing: the last good heartbeat is too old. `performance.now()`. */
  readonly leaseHolds: (now: number) => boolean;
}

/** Starts what may run, in the order it became ready, over all partitions of the process. */
export class Dispatcher {
  private readonly options: DispatchOptions;
  /** Each queue with its partition at the same place of the other list. */
  private ready: KeyQueue[] = [];
  private owners: Runnable[] = [];
  private head = 0;
  private waker: NodeJS.Timeout | undefined;
  private kicked = false;
  private starting = false;
  running = 0;
  draining = false;

  constructor(options: DispatchOptions) {
    this.options = options;
  }

  /** `queue` may have something to run. */
  enqueue(queue: KeyQueue, partition: Runnable): void {
    if (queue.queued) return;
    queue.queued = true;
    this.ready.push(queue);
    this.owners.push(partition);
    this.kick();
  }

  /** Looks at the ready list once the caller is through. */
  kick(): void {
    if (this.kicked) return;
    this.kicked = true;
    queueMicrotask(() => {
      this.kicked = false;
      this.startReady();
    });
  }

  private readonly finished = () => {
    this.running--;
    this.kick();
  };

  /**
   * Whether a record that just came may start before anything is queued: nothing is ready that came earlier. `now` by
   * `performance.now()`.
   */
  mayStartDirectly(now: number): boolean {
    const { breaker, concurrency, leaseHolds } = this.options;
    if (this.draining || this.head < this.ready.length || this.running >= concurrency || !leaseHolds(now))
      return false;
    return breaker.outage ? false : breaker.mayStart(0, this.running);
  }

  stop(): void {
    this.draining = true;
    clearTimeout(this.waker);
  }

  private startReady(): void {
    if (this.starting || this.draining) return;
    // A handler that returns no promise finishes inside start(): the loop goes on here instead of in a recursion.
    this.starting = true;
    const { breaker, concurrency, leaseHolds } = this.options;
    while (this.head < this.ready.length) {
      const now = performance.now();
      if (this.running >= concurrency || !leaseHolds(now)) break;
      // A clock costs as much as all the rest here: the second one is read only when it matters.
      const time = breaker.outage ? Date.now() : 0;
      if (!breaker.mayStart(time, this.running)) {
        this.wakeAt(breaker.retryAt, time);
        break;
      }
      const queue = this.ready[this.head];
      const partition = this.owners[this.head++];
      if (!queue || !partition) break;
      this.startOne(queue, partition, now);
    }
    this.sweep();
    this.starting = false;
  }

  private sweep(): void {
    const all = this.head === this.ready.length;
    if (!all && (this.head <= 4096 || this.head * 2 <= this.ready.length)) return;
    this.ready = all ? [] : this.ready.slice(this.head);
    this.owners = all ? [] : this.owners.slice(this.head);
    this.head = 0;
  }

  private startOne(queue: KeyQueue, partition: Runnable, now: number): void {
    queue.queued = false;
    if (!partition.mayStart) return partition.queues.stall(queue);
    const upcoming = next(queue, timeFor(queue));
    // Something came before what was ready when it was queued, and has a time of its own.
    if (upcoming.kind !== "run") return partition.queues.schedule(queue);
    const { run } = upcoming;
    if (!run.track.hasRoomFor(run)) return partition.queues.stall(queue);
    queue.running = run;
    run.state = "running";
    run.track.left(run);
    this.running++;
    partition.start(run, now, this.finished);
  }

  private wakeAt(time: number | undefined, now: number): void {
    if (time === undefined || time <= now) return;
    clearTimeout(this.waker);
    this.waker = setTimeout(() => this.kick(), time - now);
  }
}
