import type { Dispatcher, Runnable } from "./dispatch.ts";
import { type KeyQueue, KeyQueues, keyQueue } from "./key-queues.ts";
import { isEmpty, next, timeFor } from "./order.ts";

/** Longest delay of a Node timer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Whose queues they are. */
interface Owner extends Runnable {
  readonly state: "scanning" | "running" | "closed";
}

/** The queues of one partition's records, and when each is looked at: what may run then is put before the dispatcher. */
export class PartitionQueues {
  private readonly owner: Owner;
  private readonly dispatcher: Dispatcher;
  private readonly isOrdered: boolean;
  private readonly keyed = new KeyQueues();
  /** Queues of records without an order: one each. */
  private readonly loose = new Set<KeyQueue>();
  private readonly stalled = new Set<KeyQueue>();
  /** Those whose head is a retry that is due and has not started. */
  private readonly due = new Set<KeyQueue>();

  constructor(owner: Owner, dispatcher: Dispatcher, { isOrdered }: { readonly isOrdered: boolean }) {
    this.owner = owner;
    this.dispatcher = dispatcher;
    this.isOrdered = isOrdered;
  }

  /** Keys with a record outstanding in a retry topic. */
  get parkedKeys(): number {
    let keys = 0;
    for (const queue of this.keyed) if (queue.outstanding.length > 0) keys++;
    return keys;
  }

  /** Retries that are due and have not started. */
  get overdue(): number {
    return this.due.size;
  }

  /** Whether something of this key is open. */
  has(key: Buffer | null): boolean {
    return key !== null && this.isOrdered && this.keyed.has(key);
  }

  /** The key's queue, made if there is none. */
  of(key: Buffer | null): KeyQueue {
    return key !== null && this.isOrdered ? this.keyed.of(key) : this.alone();
  }

  /** A queue for one record that is in nobody's way. */
  alone(): KeyQueue {
    const queue = keyQueue(undefined);
    this.loose.add(queue);
    return queue;
  }

  scheduleAll(): void {
    for (const queue of this.keyed) this.schedule(queue);
    for (const queue of this.loose) this.schedule(queue);
  }

  /** Puts the queue before the dispatcher, now or when its head is due. */
  schedule(queue: KeyQueue): void {
    if (this.owner.state !== "running" || queue.queued || queue.running) return;
    if (this.stalled.size > 0) this.stalled.delete(queue);
    const upcoming = next(queue, timeFor(queue));
    if (upcoming.kind === "run" && upcoming.run.due > 0) this.due.add(queue);
    else this.started(queue);
    if (queue.timer) clearTimeout(queue.timer);
    queue.timer = undefined;
    if (upcoming.kind === "run") this.dispatcher.enqueue(queue, this.owner);
    else if (upcoming.kind === "until") {
      // A timer can fire a millisecond early by the wall clock: schedule() looks again before anything starts.
      const delayMs = Math.min(LONGEST_TIMER_MS, Math.max(1, upcoming.due - Date.now()));
      queue.timer = setTimeout(() => this.schedule(queue), delayMs);
    } else if (isEmpty(queue)) this.forget(queue);
  }

  /** Not at once: something outside (a registry, a breaker) has to come back first. */
  scheduleAfter(queue: KeyQueue, afterMs: number): void {
    if (afterMs === 0) return this.schedule(queue);
    clearTimeout(queue.timer);
    queue.timer = setTimeout(() => this.schedule(queue), afterMs);
  }

  /** Its head runs, or is no retry that is due. */
  started(queue: KeyQueue): void {
    if (this.due.size > 0) this.due.delete(queue);
  }

  /** Its head can't start now; it is looked at again by `unstall()`. */
  stall(queue: KeyQueue): void {
    this.stalled.add(queue);
  }

  /** After a commit, a release or a drain that ended: what was stalled is looked at again. */
  unstall(): void {
    if (this.stalled.size === 0) return;
    const queues = [...this.stalled];
    this.stalled.clear();
    for (const queue of queues) this.schedule(queue);
  }

  clear(): void {
    for (const queue of [...this.keyed, ...this.loose]) clearTimeout(queue.timer);
    this.keyed.clear();
    this.loose.clear();
    this.stalled.clear();
    this.due.clear();
  }

  /** Its key may have a newer queue by now, which must stay. */
  private forget(queue: KeyQueue): void {
    if (queue.key === undefined) this.loose.delete(queue);
    else this.keyed.delete(queue);
  }
}
