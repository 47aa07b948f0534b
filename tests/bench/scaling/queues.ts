import { random } from "../../../scripts/load/random.ts";

interface Waiting {
  /** When they came. */
  readonly at: number;
  records: number;
}

interface Running {
  readonly cameAt: number;
  readonly doneAt: number;
}

/** How long records took from their arrival until they were done. */
export interface Took {
  /** When they came. */
  readonly at: number;
  readonly seconds: number;
  records: number;
}

/** Partitions' records that are not done, oldest first, and those that handlers are at. */
export interface Queues {
  readonly done: number;
  /** What waits and what runs: nothing of it is committed. */
  readonly lag: number;
  /** When all that runs will be done, if nothing more is started; -Infinity when nothing runs. */
  readonly busyUntil: number;
  readonly took: readonly Took[];
  /** Records that came at a time, spread over the partitions as keys are: by chance. */
  add(at: number, records: number): void;
  /** Lets so many members, each with its share of the partitions, start what their free handlers can until `end`. */
  start(now: number, end: number, members: number): void;
  /** Records that are done by `now`. */
  finish(now: number): void;
}

/** How a member works. Seconds. */
export interface Handling {
  /** Handlers at once. */
  readonly concurrency: number;
  readonly handlerSeconds: number;
  /** From a handler's end until its transaction committed: until then its record is not done. */
  readonly commitSeconds: number;
}

export function createQueues(
  partitions: number,
  { concurrency, handlerSeconds, commitSeconds }: Handling,
): Queues {
  const queues = Array.from({ length: partitions }, (): Waiting[] => []);
  const chance = random(1);
  const took: Took[] = [];
  /** Of each member, first come first: all handlers take equally long. */
  let running: Running[][] = [];
  let freeAt: number[][] = [];
  let done = 0;
  const take = (queue: Waiting[]): Waiting | undefined => {
    const [head] = queue;
    if (head !== undefined && --head.records === 0) queue.shift();
    return head;
  };
  const all = () => running.flat();
  return {
    get done() {
      return done;
    },
    get lag() {
      return sum(queues.flat()) + all().length;
    },
    get busyUntil() {
      return Math.max(...running.map((own) => own.at(-1)?.doneAt ?? Number.NEGATIVE_INFINITY));
    },
    took,
    add(at, records) {
      for (let i = 0; i < records; i++) {
        const queue = queues[chance.int(0, partitions - 1)];
        const last = queue?.at(-1);
        if (last?.at === at) last.records++;
        else queue?.push({ at, records: 1 });
      }
    },
    start(now, end, members) {
      const able = Math.min(members, partitions);
      // What others were at is done: a group stands until it is.
      if (able > 0 && freeAt.length !== able) {
        freeAt = Array.from({ length: able }, () => Array.from({ length: concurrency }, () => now));
        running = [all().sort((a, b) => a.doneAt - b.doneAt), ...freeAt.slice(1).map(() => [])];
      }
      for (const [member, handlers] of freeAt.slice(0, able).entries()) {
        const own = queues.filter((_, partition) => partition % able === member);
        // In turn, as fetches bring them: no partition of a member waits for another.
        for (let idle = 0, turn = 0; idle < own.length && (handlers[0] ?? end) < end; turn++) {
          const head = take(own[turn % own.length] ?? []);
          if (head === undefined) {
            idle++;
            continue;
          }
          idle = 0;
          const free = Math.max(handlers.shift() ?? now, now) + handlerSeconds;
          handlers.push(free);
          running[member]?.push({ cameAt: head.at, doneAt: free + commitSeconds });
        }
      }
    },
    finish(now) {
      for (const own of running)
        while (own[0] !== undefined && own[0].doneAt <= now) {
          const { cameAt, doneAt } = own.shift() ?? own[0];
          const last = took.at(-1);
          const seconds = doneAt - cameAt;
          if (last?.at === cameAt && last.seconds === seconds) last.records++;
          else took.push({ at: cameAt, seconds, records: 1 });
          done++;
        }
    },
  };
}

function sum(counts: readonly { readonly records: number }[]): number {
  return counts.reduce((total, { records }) => total + records, 0);
}

/** The time within which a share of the records were done; 0 of none. */
export function percentile(took: readonly Took[], share: number): number {
  const sorted = took.toSorted((a, b) => a.seconds - b.seconds);
  let left = Math.ceil(sum(sorted) * share);
  for (const { seconds, records } of sorted) {
    left -= records;
    if (left <= 0) return seconds;
  }
  return sorted.at(-1)?.seconds ?? 0;
}
