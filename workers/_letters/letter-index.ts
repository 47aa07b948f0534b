import type { Broker } from "../_runtime/broker.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import { type Bounds, follow, type Positions } from "./follow.ts";
import { type Letter, partsOfDlq } from "./letter.ts";
import { letterReader } from "./letter-reader.ts";
import { shared } from "./shared.ts";

/**
 * Every dead letter there is, by headers: no bodies are kept. Read once by a command, kept warm by the console: each
 * refresh reads only what is new.
 */
export interface LetterIndex {
  /**
   * Reads what came before this call, and drops what retention took. Transactions that are still open are waited for up
   * to a second.
   */
  refresh(signal: AbortSignal, progress?: (done: number, of: number) => void): Promise<void>;
  /** By DLQ, partition and offset. */
  letters(): Iterable<Letter>;
  at(dlq: string, partition: number, offset: number): Letter | undefined;
  /** What a DLQ keeps, ms; undefined: for ever. */
  retentionOf(dlq: string): number | undefined;
  readonly size: number;
}

const PATIENCE_MS = 1_000;
const READ_LIMIT_MS = 120_000;
const DAY_MS = 24 * 3_600_000;
/** The broker's default, when it doesn't say. */
const RETENTION_MS = 7 * DAY_MS;

type Reader = Pick<Broker, "admin" | "readOn">;

/** The DLQs of all workers of the cluster, those that are no longer declared included. */
export function letterIndex(broker: Reader): LetterIndex {
  /** By DLQ and partition, ascending by offset. */
  const places = new Map<string, Letter[][]>();
  const positions: Positions = new Map();
  const retention = new Map<string, number | undefined>();
  const read = letterReader();
  const turns = shared();
  const watchers = new Set<(done: number, of: number) => void>();

  const take = (records: readonly KafkaRecord[]) => {
    const [first] = records;
    if (first === undefined) return;
    const letters = partitionOf(places, first.topic, first.partition);
    // A topic that was deleted and made again begins anew.
    if (first.offset <= (letters.at(-1)?.offset ?? -1)) letters.length = 0;
    for (const record of records) letters.push(read(record));
  };

  const learn = async () => {
    const dlqs = (await broker.admin.listTopics()).filter((topic) => partsOfDlq(topic) !== undefined);
    for (const gone of [...places.keys()].filter((topic) => !dlqs.includes(topic))) {
      places.delete(gone);
      positions.delete(gone);
    }
    const configs = await broker.admin.topicConfigs(dlqs, ["retention.ms", "cleanup.policy"]);
    for (const dlq of dlqs) retention.set(dlq, retentionMs(configs.get(dlq)));
    const bounds = await follow(broker, dlqs, positions, take, {
      signal: AbortSignal.timeout(READ_LIMIT_MS),
      patienceMs: PATIENCE_MS,
      progress: (done, of) => {
        for (const watch of watchers) watch(done, of);
      },
    });
    for (const each of bounds) drop(places, each);
  };

  return {
    async refresh(signal, progress) {
      if (progress) watchers.add(progress);
      try {
        await turns("refresh", learn, signal);
      } finally {
        if (progress) watchers.delete(progress);
      }
    },
    *letters() {
      for (const dlq of [...places.keys()].sort())
        for (const letters of places.get(dlq) ?? []) yield* letters ?? [];
    },
    at(dlq, partition, offset) {
      const letters = places.get(dlq)?.[partition] ?? [];
      const letter = letters[placeOf(letters, offset)];
      return letter?.offset === offset ? letter : undefined;
    },
    retentionOf: (dlq) => retention.get(dlq),
    get size() {
      let size = 0;
      for (const partitions of places.values())
        for (const letters of partitions) size += letters?.length ?? 0;
      return size;
    },
  };
}

function partitionOf(places: Map<string, Letter[][]>, dlq: string, partition: number): Letter[] {
  const partitions = places.get(dlq) ?? [];
  places.set(dlq, partitions);
  while (partitions.length <= partition) partitions.push([]);
  const letters = partitions[partition] ?? [];
  return letters;
}

/** Retention took what lies below. */
function drop(places: Map<string, Letter[][]>, { topic, partition, low }: Bounds): void {
  const letters = places.get(topic)?.[partition];
  if (letters === undefined) return;
  const gone = placeOf(letters, low);
  if (gone > 0) letters.splice(0, gone);
}

/** Where `offset` stands, or would stand. */
function placeOf(letters: readonly Letter[], offset: number): number {
  let from = 0;
  let to = letters.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((letters[middle]?.offset ?? 0) < offset) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What a DLQ keeps by its configuration, ms; undefined: for ever. */
export function retentionMs(config: Readonly<Record<string, string>> | undefined): number | undefined {
  if (config?.["cleanup.policy"]?.includes("delete") === false) return undefined;
  const ms = Number(config?.["retention.ms"] ?? RETENTION_MS);
  return ms < 0 ? undefined : ms;
}
