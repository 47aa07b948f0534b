import { hostileFrom } from "../generate/hostile.ts";
import type { Random } from "../generate/random.ts";
import type { Target } from "./instrumented.ts";

/** Inputs that are kept to begin from; the oldest go. */
const MOST_KEPT = 4_000;
const LONGEST = 4_096;

export interface Fuzzed {
  readonly runs: number;
  /** Inputs that reached something new, in the order of their finding. */
  readonly kept: readonly Buffer[];
  /** Places and magnitudes that were reached. */
  readonly reached: number;
  readonly crashes: readonly { readonly input: Buffer; readonly error: string }[];
  /** The longest run, CPU milliseconds. */
  readonly longestMs: number;
}

/**
 * Coverage-guided: what reaches something that nothing before it did is kept and changed further.
 * @param until - asked after each run
 */
export function fuzzOn(
  target: Target,
  corpus: readonly Buffer[],
  random: Random,
  until: (runs: number) => boolean,
): Fuzzed {
  const seen = new Set<number>();
  const kept: Buffer[] = [];
  const crashes: { input: Buffer; error: string }[] = [];
  let [runs, longestMs] = [0, 0];
  const run = (input: Buffer) => {
    runs++;
    const begun = process.threadCpuUsage();
    try {
      target.fuzz(input);
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      if (!crashes.some((crash) => crash.error === text)) crashes.push({ input, error: text });
    }
    const { user, system } = process.threadCpuUsage(begun);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    const fresh = [...target.reached(input[0] ?? 0)].filter((place) => !seen.has(place));
    if (fresh.length === 0) return;
    for (const place of fresh) seen.add(place);
    kept.push(trimmed(target, input, fresh));
    if (kept.length > MOST_KEPT) kept.shift();
  };
  for (const input of corpus) run(input);
  while (!until(runs)) {
    const from =
      kept.length > 0 && random.chance(0.95) ? random.pick(kept) : Buffer.from([random.below(256)]);
    const payload = hostileFrom([from.subarray(1)], random).subarray(0, LONGEST);
    const schema = random.chance(0.9) ? from.subarray(0, 1) : Buffer.from([random.below(256)]);
    run(Buffer.concat([schema, payload]));
  }
  return { runs, kept, reached: seen.size, crashes, longestMs };
}

/** The shortest beginning, by halves, that still reaches it: in a long input no change hits what matters. */
function trimmed(target: Target, input: Buffer, fresh: readonly number[]): Buffer {
  let short = input;
  for (let cut = input.length >> 1; cut > 0; cut >>= 1) {
    const tried = short.subarray(0, Math.max(1, short.length - cut));
    if (reaches(target, tried, fresh)) short = tried;
  }
  return short;
}

function reaches(target: Target, input: Buffer, places: readonly number[]): boolean {
  try {
    target.fuzz(input);
  } catch {
    // Said when the whole input ran.
  }
  const reached = new Set(target.reached(input[0] ?? 0));
  return places.every((place) => reached.has(place));
}
