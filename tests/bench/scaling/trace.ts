import { type Codec, type KafkaRecord, readFrame } from "../../../workers/_runtime/mod.ts";

/** What a run of the on-sale brought to a topic, by record: counts of equal steps from the first record on. */
export interface Trace {
  readonly stepMs: number;
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

export const STEP_MS = 100;

/** Counts records by type and time; what can't be told (broken bytes) isn't counted. */
export async function traceOf(
  records: readonly KafkaRecord[],
  codec: Pick<Codec, "resolveName">,
  signal: AbortSignal,
): Promise<Trace> {
  const named: { readonly name: string; readonly time: number }[] = [];
  for (const { value, timestamp } of records) {
    const frame = readFrame(value);
    if (frame.kind !== "event") continue;
    const name = await codec.resolveName(frame.schemaId, signal);
    named.push({ name: name.slice(name.lastIndexOf(".") + 1), time: timestamp });
  }
  const begin = Math.min(...named.map(({ time }) => time));
  const counts = Map.groupBy(named, ({ name }) => name);
  return {
    stepMs: STEP_MS,
    counts: Object.fromEntries(
      [...counts].map(([name, all]) => [
        name,
        histogram(
          all.map(({ time }) => time - begin),
          STEP_MS,
        ),
      ]),
    ),
  };
}

/** How many of the times lie in each step; times from 0. */
export function histogram(times: readonly number[], step: number): number[] {
  const counts: number[] = [];
  for (const time of times) {
    const index = Math.floor(time / step);
    while (counts.length <= index) counts.push(0);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** Sum of several records' counts, step by step. */
export function together({ counts }: Trace, names: readonly string[]): number[] {
  const all = names.map((name) => counts[name] ?? []);
  const steps = Math.max(0, ...all.map(({ length }) => length));
  return Array.from({ length: steps }, (_, i) => all.reduce((sum, each) => sum + (each[i] ?? 0), 0));
}

/** When each of the counted came, ms, evenly within its step. */
export function timesOf(counts: readonly number[], step: number): number[] {
  return counts.flatMap((count, i) =>
    Array.from({ length: count }, (_, n) => Math.floor(i * step + (n / count) * step)),
  );
}
