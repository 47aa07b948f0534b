import type { Bench } from "./bench.ts";
import type { Finish, Program, Words } from "./contestant.ts";

export interface Contestant {
  readonly name: string;
  readonly program: Program;
  /** Beyond broker, registry and what the case says to all. */
  readonly words?: Words;
  /** A share of the case's records: for one so slow that all of them would only take longer. @default 1 */
  readonly share?: number;
  /** If it fails, the others go on without it. @default false */
  readonly optional?: boolean;
  /** Creates what this round's process needs; called before its time runs. */
  readonly prepare?: (group: string) => Promise<Words>;
  /** After a counted round. @throws {Error} when what it claims to have done isn't there. */
  readonly verify?: (group: string, finish: Finish) => Promise<void>;
}

export interface Field {
  readonly topic: string;
  readonly records: number;
  readonly words?: Words;
}

/** The first round warms files, broker and caches up with this share of the records, and isn't counted. */
const WARMUP_SHARE = 0.1;

/** Rounds of all contestants in turn, each a fresh process and a fresh group; never two at once. */
export async function interleave(
  bench: Bench,
  name: string,
  contestants: readonly Contestant[],
  field: Field,
): Promise<Record<string, Finish[]>> {
  const finishes: Record<string, Finish[]> = Object.fromEntries(contestants.map((each) => [each.name, []]));
  const out = new Set<Contestant>();
  for (let round = 0; round <= bench.options.rounds; round++) {
    for (const contestant of contestants) {
      if (out.has(contestant)) continue;
      try {
        const finish = await oneTurn(bench, name, contestant, field, round);
        if (round > 0) finishes[contestant.name]?.push(finish);
      } catch (error) {
        bench.signal.throwIfAborted();
        if (!contestant.optional) throw error;
        out.add(contestant);
        bench.say(`${name}: going on without ${contestant.name}: ${String(error)}`);
      }
    }
  }
  return finishes;
}

async function oneTurn(
  bench: Bench,
  name: string,
  contestant: Contestant,
  field: Field,
  round: number,
): Promise<Finish> {
  const share = (contestant.share ?? 1) * (round === 0 ? WARMUP_SHARE : 1);
  const records = Math.ceil(field.records * share);
  const group = bench.fleet.unique(`${name}-${round}-${slug(contestant.name)}`);
  const { brokers, registry } = bench;
  const whole = records === field.records ? "yes" : "no";
  const own = { ...contestant.words, ...(await contestant.prepare?.(group)) };
  const words = { brokers, registry, topic: field.topic, group, records, whole, ...field.words, ...own };
  const finish = await bench.contest(`${name} ${contestant.name}`, contestant.program, words);
  const what = round === 0 ? "warm-up" : `round ${round}`;
  const perSecond = Math.round(finish.records / finish.committedSeconds);
  bench.say(`${name}: ${what}, ${contestant.name}: ${finish.seconds.toFixed(2)} s, ${perSecond}/s`);
  if (round > 0) await contestant.verify?.(group, finish);
  return finish;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return Number.NaN;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}

export function medianOf(
  finishes: readonly Finish[] | undefined,
  figure: (finish: Finish) => number,
): number {
  return median((finishes ?? []).map(figure));
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
