import { type KeyQueue, keepKey, NOTHING_OUTSTANDING } from "./key-queues.ts";
import type { Run } from "./run-state.ts";

/**
 * Who may run now. Per key: records of the source topic wait in memory, and records outstanding in retry and replay
 * topics wait for their time. Only the one with the smallest origin offset of both may run, and one at a time; a source
 * record behind one that lies in a retry topic is parked there too. Pure, but for `timeFor()`: no input or output.
 */

/** A record of the key that lies, or is about to lie, in a retry or replay topic. */
export interface Outstanding {
  readonly origin: number;
  readonly replays: number;
  /** Epoch ms. */
  due: number;
  /** The retry topic it lies in; followers go to the same. Undefined for the replay topic. */
  topic: string | undefined;
  /** When this process decided to write it there, epoch ms; undefined: it was there before, or moved. */
  decided: number | undefined;
  /** Undefined until it was read back from that topic. */
  run: Run | undefined;
}

export type Next =
  | { readonly kind: "run"; readonly run: Run }
  /** The head is not due yet. */
  | { readonly kind: "until"; readonly due: number }
  /** Nothing to do until something is read or settles. */
  | { readonly kind: "idle" };

const IDLE: Next = { kind: "idle" };

export function next(queue: KeyQueue, now: number): Next {
  if (queue.running) return IDLE;
  const waiting = queue.first;
  const head = queue.outstanding[0];
  if (!head || (waiting && waiting.origin < head.origin))
    return waiting ? { kind: "run", run: waiting } : IDLE;
  if (!head.run) return IDLE;
  return head.due > now ? { kind: "until", due: head.due } : { kind: "run", run: head.run };
}

/** The `now` that `next()` needs, epoch ms: none, and no look at the clock, unless something has a time to wait for. */
export function timeFor(queue: KeyQueue): number {
  return queue.outstanding.length > 0 ? Date.now() : 0;
}

/** The outstanding record that a source record of `origin` has to be parked behind, if any. */
export function parksBehind(queue: KeyQueue, origin: number): Outstanding | undefined {
  const first = queue.outstanding[0];
  return first && first.topic !== undefined && first.origin < origin ? first : undefined;
}

/** Adds a source record; ascending offsets. */
export function wait(queue: KeyQueue, run: Run): void {
  if (queue.last) queue.last.behind = run;
  else queue.first = run;
  queue.last = run;
}

/** Takes the running or parked run out of its queue's bookkeeping; its outcome is decided. */
export function leave(queue: KeyQueue, run: Run): void {
  if (queue.running === run) queue.running = undefined;
  if (queue.first === run) {
    queue.first = run.behind;
    run.behind = undefined;
    if (!queue.first) queue.last = undefined;
    return;
  }
  const index = queue.outstanding.findIndex((outstanding) => outstanding.run === run);
  if (index >= 0) queue.outstanding.splice(index, 1);
}

/** A record of the key was, or is being, written to a retry topic. */
export function expect(queue: KeyQueue, record: Omit<Outstanding, "run">): void {
  insert(queue, { ...record, run: undefined });
}

/**
 * A record of the key was read from a retry or replay topic: ours read back (then when that was decided, epoch ms), or
 * one that was there before us.
 */
export function arrive(queue: KeyQueue, run: Run, topic: string | undefined): number | undefined {
  const index = lowerBound(queue.outstanding, run.origin, run.replays);
  for (let i = index; i < queue.outstanding.length; i++) {
    const known = queue.outstanding[i];
    if (!known || known.origin !== run.origin || known.replays !== run.replays) break;
    if (known.run) continue;
    known.run = run;
    known.due = run.due;
    known.topic = topic;
    return known.decided;
  }
  const { origin, replays, due } = run;
  insert(queue, { origin, replays, due, topic, decided: undefined, run });
  return undefined;
}

/** All source records in memory, in order: the key's head went to a retry topic and they follow it. */
export function takeFollowers(queue: KeyQueue): Run[] {
  const followers: Run[] = [];
  for (let run = queue.first; run; ) {
    const { behind } = run;
    run.behind = undefined;
    followers.push(run);
    run = behind;
  }
  queue.first = undefined;
  queue.last = undefined;
  return followers;
}

export function isEmpty(queue: KeyQueue): boolean {
  return !queue.first && queue.outstanding.length === 0 && !queue.running;
}

function insert(queue: KeyQueue, item: Outstanding): void {
  keepKey(queue);
  if (queue.outstanding === NOTHING_OUTSTANDING) queue.outstanding = [];
  queue.outstanding.splice(upperBound(queue.outstanding, item.origin, item.replays), 0, item);
}

function isBefore(item: Outstanding, origin: number, replays: number): boolean {
  return item.origin < origin || (item.origin === origin && item.replays < replays);
}

function lowerBound(list: readonly Outstanding[], origin: number, replays: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item && isBefore(item, origin, replays)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(list: readonly Outstanding[], origin: number, replays: number): number {
  return lowerBound(list, origin, replays + 1);
}
