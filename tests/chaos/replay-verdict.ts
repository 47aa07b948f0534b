import { follow, type Positions } from "../../workers/_letters/follow.ts";
import type { Job } from "../../workers/_letters/mod.ts";
import { parseOurs } from "../../workers/_runtime/headers.ts";
import type { Fleet } from "../_support/fleet.ts";

export interface Round extends Verdict {
  /** ISO 8601. */
  readonly time: string;
  readonly killed: number;
  readonly emptied: number;
  readonly letters: number;
}

export interface Verdict {
  /** What doesn't hold, for people; empty: all does. */
  readonly broken: readonly string[];
  readonly sent: readonly number[];
  readonly skipped: readonly number[];
}

/** Follows a replay topic, which its worker trims. */
export function watchCopies(f: Fleet, topic: string) {
  const copies: string[] = [];
  const positions: Positions = new Map();
  const ended = new AbortController();
  const read = () =>
    follow(
      f.broker,
      [topic],
      positions,
      (records) => {
        for (const { headers } of records) copies.push(JSON.stringify(parseOurs(headers).letter));
      },
      { signal: AbortSignal.timeout(60_000) },
    );
  const watching = (async () => {
    while (!ended.signal.aborted) {
      // The broker is restarted now and then.
      await read().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    get count() {
      return copies.length;
    },
    async end(): Promise<readonly string[]> {
      ended.abort();
      await watching;
      await read();
      return copies;
    },
  };
}

/** What must hold of two plans, of which the first has all letters. */
export function verdictOf(seen: {
  readonly letters: number;
  readonly failing: number;
  readonly copies: readonly string[];
  readonly events: readonly string[];
  readonly jobs: readonly Job[];
}): Verdict {
  const { letters, failing, copies, events, jobs } = seen;
  const sum = (of: (job: Job) => number) => jobs.reduce((total, job) => total + of(job), 0);
  const expected: readonly (readonly [string, number, number])[] = [
    ["copies", copies.length, letters],
    ["letters replayed", new Set(copies).size, letters],
    ["events out", events.length, letters - failing],
    ["different events out", new Set(events).size, letters - failing],
    ["sent by the jobs", sum(({ sent }) => sent), letters],
    ["processed by the jobs", sum(({ processed }) => processed), letters - failing],
    ["dead again by the jobs", sum(({ deadAgain }) => deadAgain), failing],
    ["under way", sum(({ underWay }) => underWay), 0],
  ];
  const broken = expected
    .filter(([, is, should]) => is !== should)
    .map(([what, is, should]) => `${what}: ${is} instead of ${should}`);
  for (const job of jobs) {
    if (job.phase !== "done") broken.push(`job ${job.plan} is ${job.phase}: ${job.note ?? ""}`);
    if (job.sent + job.skipped !== job.letters)
      broken.push(`job ${job.plan}: ${job.sent} sent and ${job.skipped} skipped of ${job.letters}`);
  }
  return { broken, sent: jobs.map(({ sent }) => sent), skipped: jobs.map(({ skipped }) => skipped) };
}
