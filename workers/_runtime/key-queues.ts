import { randomInt } from "node:crypto";
import type { Outstanding } from "./order.ts";
import type { Run } from "./run-state.ts";

/** The records of one key in one partition; null keys (and `order: "none"`) have one queue a record. */
export interface KeyQueue {
  /** Undefined where there is no order. A view on what was fetched until `keepKey()`. */
  key: Buffer | undefined;
  kept: boolean;
  /** Source records, ascending: the first of those that wait or run, and the last; linked by `Run.behind`. */
  first: Run | undefined;
  last: Run | undefined;
  /** Ascending by origin, then replay number. */
  outstanding: Outstanding[];
  running: Run | undefined;
  /** In the dispatcher's ready list. */
  queued: boolean;
  /** Cancels the timer for the head's due time. */
  timer: NodeJS.Timeout | undefined;
  /** Of its place in `KeyQueues`. */
  readonly hash: number;
  chained: KeyQueue | undefined;
}

/** Of every queue until it has something: most never do. Nothing is ever put into it. */
export const NOTHING_OUTSTANDING: Outstanding[] = [];

export function keyQueue(key: Buffer | undefined, hash = 0): KeyQueue {
  return {
    key,
    kept: false,
    first: undefined,
    last: undefined,
    outstanding: NOTHING_OUTSTANDING,
    running: undefined,
    queued: false,
    timer: undefined,
    hash,
    chained: undefined,
  };
}

/** A key that has something outstanding stays for long: not as a view, which holds the whole response it came with. */
export function keepKey(queue: KeyQueue): void {
  if (queue.kept || queue.key === undefined) return;
  queue.key = Buffer.from(queue.key);
  queue.kept = true;
}

const FEWEST_CHAINS = 1024;
/** Keys come from outside: without it somebody could choose many that share a chain. */
const SEED = randomInt(2 ** 32) | 0;

/**
 * One partition's queues by the bytes of their keys. A hash table of its own, since a Map needs a string for each
 * record, and most keys come and go: that was a fifth of all the runtime did.
 */
export class KeyQueues {
  private chains: (KeyQueue | undefined)[] = new Array<KeyQueue | undefined>(FEWEST_CHAINS).fill(undefined);
  private count = 0;

  has(key: Buffer): boolean {
    return this.count > 0 && this.find(key, hashOf(key)) !== undefined;
  }

  /** The queue of `key`, made if there is none. */
  of(key: Buffer): KeyQueue {
    const hash = hashOf(key);
    const found = this.find(key, hash);
    if (found) return found;
    const at = hash & (this.chains.length - 1);
    const made = keyQueue(key, hash);
    made.chained = this.chains[at];
    this.chains[at] = made;
    if (++this.count > this.chains.length) this.grow();
    return made;
  }

  /** Does nothing when it is another queue that the key has by now. */
  delete(queue: KeyQueue): void {
    const at = queue.hash & (this.chains.length - 1);
    let before: KeyQueue | undefined;
    for (let each = this.chains[at]; each; each = each.chained) {
      if (each === queue) {
        if (before) before.chained = queue.chained;
        else this.chains[at] = queue.chained;
        this.count--;
        return;
      }
      before = each;
    }
  }

  clear(): void {
    this.chains = new Array<KeyQueue | undefined>(FEWEST_CHAINS).fill(undefined);
    this.count = 0;
  }

  *[Symbol.iterator](): IterableIterator<KeyQueue> {
    for (const chain of this.chains) for (let queue = chain; queue; queue = queue.chained) yield queue;
  }

  private find(key: Buffer, hash: number): KeyQueue | undefined {
    for (let queue = this.chains[hash & (this.chains.length - 1)]; queue; queue = queue.chained)
      if (queue.hash === hash && isSame(queue.key, key)) return queue;
    return undefined;
  }

  private grow(): void {
    const all = [...this];
    this.chains = new Array<KeyQueue | undefined>(this.chains.length * 4).fill(undefined);
    for (const queue of all) {
      const at = queue.hash & (this.chains.length - 1);
      queue.chained = this.chains[at];
      this.chains[at] = queue;
    }
  }
}

function hashOf(key: Buffer): number {
  let hash = SEED ^ key.length;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] ?? 0), 0x5bd1e995) ^ (hash >>> 15);
  return hash ^ (hash >>> 13);
}

function isSame(a: Buffer | undefined, b: Buffer): boolean {
  if (a?.length !== b.length) return false;
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
