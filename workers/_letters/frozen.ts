import { identity } from "../_runtime/identity.ts";

/** The letters of a plan, exactly: later arrivals are not in it. By DLQ, partition and offset. */
export type Frozen = readonly FrozenPartition[];

export interface FrozenPartition {
  readonly dlq: string;
  readonly partition: number;
  /** Ascending runs of neighbours: the first offset and how many. */
  readonly runs: readonly Run[];
}

type Run = readonly [first: number, count: number];

interface FrozenLetter {
  readonly dlq: string;
  readonly partition: number;
  readonly offset: number;
}

/** Below the broker's message limit with room to spare. */
const CHUNK_BYTES = 500_000;

/** Freezes letters given in any order; one given twice is in it once. */
export function freeze(letters: Iterable<FrozenLetter>): Frozen {
  const places = new Map<string, { dlq: string; partition: number; offsets: number[] }>();
  for (const { dlq, partition, offset } of letters) {
    const place = `${dlq}-${partition}`;
    const known = places.get(place);
    if (known) known.offsets.push(offset);
    else places.set(place, { dlq, partition, offsets: [offset] });
  }
  return [...places.values()]
    .map(({ dlq, partition, offsets }) => ({ dlq, partition, runs: runsOf(offsets) }))
    .sort((a, b) => (a.dlq < b.dlq ? -1 : a.dlq > b.dlq ? 1 : a.partition - b.partition));
}

function runsOf(offsets: number[]): Run[] {
  offsets.sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const offset of offsets) {
    const last = runs.at(-1);
    if (last && offset < last[0] + last[1]) continue;
    if (last && offset === last[0] + last[1]) last[1]++;
    else runs.push([offset, 1]);
  }
  return runs;
}

export function countOf(frozen: Frozen): number {
  let count = 0;
  for (const { runs } of frozen) for (const run of runs) count += run[1];
  return count;
}

/** Every letter's identity in the plan's order. */
export function* lettersOf(frozen: Frozen): Generator<string> {
  for (const { dlq, partition, runs } of frozen)
    for (const [first, count] of runs)
      for (let offset = first; offset < first + count; offset++) yield identity(dlq, partition, offset);
}

/** As JSON in pieces that one record each can hold. */
export function toChunks(frozen: Frozen): string[] {
  const chunks: string[] = [];
  let parts: string[] = [];
  let bytes = 0;
  const close = () => {
    if (parts.length > 0) chunks.push(`[${parts.join(",")}]`);
    parts = [];
    bytes = 0;
  };
  for (const { dlq, partition, runs } of frozen) {
    // A run takes at most 35 characters: this many stay well below a chunk.
    for (let at = 0; at < runs.length; at += 10_000) {
      const part = JSON.stringify({ dlq, partition, runs: runs.slice(at, at + 10_000) });
      if (bytes + part.length > CHUNK_BYTES) close();
      parts.push(part);
      bytes += part.length + 1;
    }
  }
  close();
  return chunks;
}

/** What `toChunks` wrote, given whole and in order. */
export function fromChunks(chunks: readonly string[]): Frozen {
  const frozen: { dlq: string; partition: number; runs: Run[] }[] = [];
  for (const chunk of chunks) {
    // Written by `toChunks`: nobody else writes under a plan's keys.
    for (const part of JSON.parse(chunk) as FrozenPartition[]) {
      const last = frozen.at(-1);
      if (last?.dlq === part.dlq && last.partition === part.partition) {
        for (const run of part.runs) last.runs.push(run);
      } else frozen.push({ ...part, runs: [...part.runs] });
    }
  }
  return frozen;
}

/** Those of `frozen` that are not in `others`. */
export function without(frozen: Frozen, others: Frozen): Frozen {
  return freeze(remaining(frozen, new Set(lettersOf(others))));
}

function* remaining(frozen: Frozen, others: ReadonlySet<string>): Generator<FrozenLetter> {
  for (const { dlq, partition, runs } of frozen)
    for (const [first, count] of runs)
      for (let offset = first; offset < first + count; offset++)
        if (!others.has(identity(dlq, partition, offset))) yield { dlq, partition, offset };
}
