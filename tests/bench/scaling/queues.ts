import { random } from "../../../scripts/load/random.ts";

interface Waiting {
  /** When they came. */
  readonly at: number;
  records: number;
}

interface Running {
  readonly cameAt: number;
  readonly doneAt: number;
  records: number;
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
  readonly took: readonly Took[];
  /** Records that came at a time, spread over the partitions as keys are: by chance. */
  add(at: number, records: number): void;
  /**
   * Lets so many members, each with its share of the partitions, start up to `each` records, a fraction being kept for the
   * next time.
   */
  start(now: number, members: number, each: number): void;
  /** Handlers that are through by `now`. */
  finish(now: number): void;
}

/** @param seconds - from a record's start until it is done */
export function createQueues(partitions: number, seconds: number): Queues {
  const queues = Array.from({ length: partitions }, (): Waiting[] => []);
  const chance = random(1);
  const running: Running[] = [];
  const took: Took[] = [];
  const credit: number[] = [];
  let done = 0;
  const startOne = (queue: Waiting[], now: number) => {
    const [head] = queue;
    if (head === undefined) return false;
    head.records--;
    if (head.records === 0) queue.shift();
    const last = running.at(-1);
    const doneAt = now + seconds;
    if (last?.cameAt === head.at && last.doneAt === doneAt) last.records++;
    else running.push({ cameAt: head.at, doneAt, records: 1 });
    return true;
  };
  return {
    get done() {
      return done;
    },
    get lag() {
      return sum(queues.flat()) + sum(running);
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
    start(now, members, each) {
      for (let member = 0; member < Math.min(members, partitions); member++) {
        const own = queues.filter((_, partition) => partition % members === member);
        let left = (credit[member] ?? 0) + each;
        // In turn, as fetches bring them: no partition of a member waits for another.
        for (let idle = 0, turn = 0; left >= 1 && idle < own.length; turn++) {
          const queue = own[turn % own.length];
          if (queue !== undefined && startOne(queue, now)) {
            left--;
            idle = 0;
          } else idle++;
        }
        credit[member] = left % 1;
      }
    },
    finish(now) {
      while (running[0] !== undefined && running[0].doneAt <= now) {
        const { cameAt, doneAt, records } = running.shift() ?? running[0];
        took.push({ at: cameAt, seconds: doneAt - cameAt, records });
        done += records;
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
