import { follow, type Positions } from "../../../workers/_letters/follow.ts";
import { letterId, partsOfDlq } from "../../../workers/_letters/letter.ts";
import { knownStates } from "../../../workers/_letters/mod.ts";
import type { Broker } from "../../../workers/_runtime/broker.ts";
import { DEAD_LETTERS } from "../../../workers/_runtime/copies.ts";
import type { ScannedTopic } from "./snapshot.ts";
import { tallyIds } from "./tally-ids.ts";

export interface ScanOptions {
  readonly signal: AbortSignal;
  /** Newest offsets of each partition that are read. @default all */
  readonly limit?: number;
  readonly progress?: (done: number, of: number) => void;
}

type Reader = Pick<Broker, "admin" | "readOn">;
type Named = Pick<ScannedTopic, "topic" | "kind" | "source" | "worker">;

/**
 * The schema ids that still lie in source topics, and in what is derived from them, declared or not: of retry and
 * replay topics what lies above the worker's committed offset, of DLQs the letters that could still be replayed.
 * Committed records only; what came after the call isn't waited for.
 */
export async function scanTopics(
  broker: Reader,
  sources: readonly string[],
  { signal, limit = Number.POSITIVE_INFINITY, progress }: ScanOptions,
): Promise<ScannedTopic[]> {
  const existing = await broker.admin.listTopics();
  const topics = existing.flatMap((topic) => derivedFrom(topic, sources) ?? []);
  const bounds = await broker.admin.offsetsOf(topics.map(({ topic }) => topic));
  const positions: Positions = new Map();
  const skipped = new Map<string, number>();
  for (const topic of topics) {
    const done = await doneOffsets(broker, topic);
    const starts = new Map<number, number>();
    for (const { partition, low, high } of bounds.get(topic.topic) ?? []) {
      const from = Math.max(low, done.get(partition) ?? low);
      const start = Math.max(from, high - limit);
      starts.set(partition, start);
      skipped.set(topic.topic, (skipped.get(topic.topic) ?? 0) + start - from);
    }
    positions.set(topic.topic, starts);
  }
  const isOver = await overLetters(broker, existing, signal);
  const tallies = new Map(topics.map((topic) => [topic.topic, { ...topic, tally: tallyIds() }]));
  await follow(
    broker,
    topics.map(({ topic }) => topic),
    positions,
    (records) => {
      for (const record of records) {
        const into = tallies.get(record.topic);
        if (into?.kind === "dlq" && isOver(letterId({ ...record, dlq: record.topic }))) continue;
        into?.tally.take(record);
      }
    },
    { signal, ...(progress && { progress }) },
  );
  return [...tallies.values()].map(({ tally, ...topic }) => ({
    ...topic,
    skipped: skipped.get(topic.topic) ?? 0,
    unknown: 0,
    ...tally.result(),
  }));
}

/** By partition, where a worker's waiting records begin: what is below has been worked off. */
async function doneOffsets(broker: Reader, { topic, kind, worker }: Named): Promise<Map<number, number>> {
  if (worker === null || kind === "dlq") return new Map();
  const committed = (await broker.admin.committed(worker, [topic])).get(topic) ?? [];
  return new Map(
    committed.flatMap(({ partition, offset }) => (offset === undefined ? [] : [[partition, offset]])),
  );
}

/** Letters whose replay has ended: nobody reads them again. Discarded ones can be restored. */
async function overLetters(
  broker: Reader,
  existing: readonly string[],
  signal: AbortSignal,
): Promise<(letter: string) => boolean> {
  if (!existing.includes(DEAD_LETTERS)) return () => false;
  const states = knownStates(broker);
  await states.catchUp(signal, 0);
  const over: ReadonlySet<string> = new Set(["processed", "dead again", "sent to source"]);
  return (letter) => over.has(states.of(letter).outcome);
}

const DERIVED = /^(.+)\.([^.]+)\.(?:retry\.[^.]+|(replay))$/;

function derivedFrom(topic: string, sources: readonly string[]): Named | undefined {
  if (sources.includes(topic)) return { topic, kind: "source", source: topic, worker: null };
  const dlq = partsOfDlq(topic);
  if (dlq !== undefined)
    return sources.includes(dlq.topic)
      ? { topic, kind: "dlq", source: dlq.topic, worker: dlq.worker }
      : undefined;
  const [, source = "", worker = "", replay] = DERIVED.exec(topic) ?? [];
  if (!sources.includes(source)) return undefined;
  return { topic, kind: replay === undefined ? "retry" : "replay", source, worker };
}
