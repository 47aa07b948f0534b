import { pause } from "../_runtime/wait.ts";
import { type Backlog, FIRST_WINDOW, nextWindow, type Window } from "./pacing.ts";
import type { Gate } from "./send.ts";
import { TokenBucket } from "./token-bucket.ts";

const POLL_MS = 10;

/** The gates of one job: one cap and one stop for all, a window for each DLQ's destination. */
export class Gates {
  readonly #targets = new Map<string, Target>();
  readonly #paced: boolean;
  #bucket: TokenBucket | undefined;
  #rate: number | undefined;
  #held = false;
  readonly #now: () => number;

  /** `now` as `performance.now()` tells it. */
  constructor(rate: number | undefined, paced: boolean, now = () => performance.now()) {
    this.#paced = paced;
    this.#now = now;
    this.throttle(rate);
  }

  /** Undefined: no cap. */
  throttle(rate: number | undefined): void {
    if (rate === this.#rate) return;
    this.#rate = rate;
    this.#bucket = rate === undefined ? undefined : new TokenBucket(rate, this.#now());
  }

  hold(held: boolean): void {
    if (this.#held && !held && this.#rate !== undefined) this.#bucket?.reset(this.#rate, this.#now());
    this.#held = held;
  }

  of(dlq: string): Gate {
    const target = this.#target(dlq);
    return {
      take: async (most, signal) => {
        for (;;) {
          signal.throwIfAborted();
          const count = this.#allowed(target, most);
          if (count > 0) {
            this.#bucket?.take(count);
            target.room -= count;
            target.onTheWay += count;
            target.unseen += count;
            return count;
          }
          await pause(POLL_MS, signal);
        }
      },
      settle: (taken, sent) => {
        const unused = taken - sent;
        this.#bucket?.giveBack(unused);
        target.room += unused;
        target.unseen -= unused;
        target.onTheWay -= taken;
      },
    };
  }

  /** A measurement begins: what is on the way, or is let through until it ends, it may not see. */
  measuring(): void {
    for (const target of this.#targets.values()) target.unseen = target.onTheWay;
  }

  measured(dlq: string, backlog: Backlog): void {
    const target = this.#target(dlq);
    target.window = nextWindow(target.window, backlog);
    target.room = target.window.size - backlog.undone - target.unseen;
    target.doneOfLate = backlog.doneOfLate;
  }

  /** Why it goes slower than it could. */
  get slowed(): string | undefined {
    for (const [dlq, { window }] of this.#targets)
      if (this.#paced && window.slowed !== undefined) return `paced (${dlq}): ${window.slowed}`;
    return undefined;
  }

  /** Records a second that cap and pacing allow now; undefined: no limit. */
  get allowed(): number | undefined {
    if (this.slowed === undefined) return this.#rate;
    let paced = 0;
    for (const { doneOfLate = 0 } of this.#targets.values()) paced += doneOfLate / 2;
    return Math.round(Math.min(this.#rate ?? paced, paced));
  }

  #allowed(target: Target, most: number): number {
    if (this.#held) return 0;
    const room = this.#paced ? Math.min(most, target.room) : most;
    if (room < 1) return 0;
    return this.#bucket ? this.#bucket.available(room, this.#now()) : room;
  }

  #target(dlq: string): Target {
    const target = this.#targets.get(dlq) ?? {
      window: FIRST_WINDOW,
      // Before the first measurement nothing is known: what was sent by another replayer may fill the window.
      room: 0,
      onTheWay: 0,
      unseen: 0,
      doneOfLate: undefined,
    };
    this.#targets.set(dlq, target);
    return target;
  }
}

interface Target {
  window: Window;
  /** What of the window is free, as far as is known. */
  room: number;
  /** Let through, and not known to be written. */
  onTheWay: number;
  /** What the measurement under way, or the next, may not see. */
  unseen: number;
  doneOfLate: number | undefined;
}
