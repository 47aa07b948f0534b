import { setImmediate as turn } from "node:timers/promises";
import type { Broker } from "../_runtime/broker.ts";
import { identity } from "../_runtime/identity.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import { type Bounds, follow, type Positions } from "./follow.ts";
import type { KnownStates } from "./known-states.ts";
import { partsOfDlq } from "./letter.ts";
import { retentionMs } from "./letter-index.ts";

/** What waits in one DLQ. */
export interface OpenLetters {
  readonly dlq: string;
  readonly open: number;
  /** When the oldest open one died, epoch ms; undefined: none is open. */
  readonly oldest: number | undefined;
  /** What the DLQ keeps, ms; undefined: for ever. */
  readonly retention: number | undefined;
}

/** Of one partition, ascending by offset: two numbers a letter, whatever its size. */
interface Died {
  offsets: number[];
  times: number[];
}

const READ_LIMIT_MS = 120_000;
/** Of each of the partitions that are read side by side. */
const READ_BYTES = 1_048_576;
/** Letters looked at before others have their turn: a few milliseconds. */
const AT_ONCE = 5_000;

/**
 * Counts the open letters of every DLQ of the cluster, declared or not. Each call reads what came since the last one,
 * and drops what retention took; what an open transaction holds back is read the next time.
 * @throws what the broker port throws, after two minutes at most: call again
 */
export function openLetters(
  broker: Pick<Broker, "admin" | "readOn">,
  states: KnownStates,
): (signal: AbortSignal) => Promise<readonly OpenLetters[]> {
  const places = new Map<string, Map<number, Died>>();
  const positions: Positions = new Map();

  const take = (records: readonly KafkaRecord[]) => {
    for (const { topic, partition, offset, timestamp } of records) {
      const died = placeOf(places, topic, partition);
      // A topic that was deleted and made again begins anew.
      if (offset <= (died.offsets.at(-1) ?? -1)) Object.assign(died, { offsets: [], times: [] });
      died.offsets.push(offset);
      died.times.push(timestamp);
    }
  };

  return async (ended) => {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(READ_LIMIT_MS)]);
    const dlqs = (await broker.admin.listTopics()).filter((topic) => partsOfDlq(topic) !== undefined);
    for (const gone of [...places.keys()].filter((topic) => !dlqs.includes(topic))) {
      places.delete(gone);
      positions.delete(gone);
    }
    const configs = await broker.admin.topicConfigs(dlqs, ["retention.ms", "cleanup.policy"]);
    const bounds = await follow(broker, dlqs, positions, take, { signal, maxBytes: READ_BYTES });
    for (const each of bounds) drop(places, each);
    await states.catchUp(signal, 0);
    const counted: OpenLetters[] = [];
    for (const dlq of dlqs.sort()) {
      const { open, oldest } = await countIn(dlq, places.get(dlq), states, signal);
      counted.push({ dlq, open, oldest, retention: retentionMs(configs.get(dlq)) });
    }
    return counted;
  };
}

async function countIn(
  dlq: string,
  partitions: ReadonlyMap<number, Died> | undefined,
  states: KnownStates,
  signal: AbortSignal,
): Promise<Pick<OpenLetters, "open" | "oldest">> {
  let open = 0;
  let oldest: number | undefined;
  for (const [partition, { offsets, times }] of partitions ?? []) {
    for (let at = 0; at < offsets.length; at++) {
      if (at % AT_ONCE === AT_ONCE - 1) await turn(undefined, { signal });
      if (states.of(identity(dlq, partition, offsets[at] ?? 0)).outcome !== "open") continue;
      open++;
      const time = times[at] ?? 0;
      // By the letters' own timestamps, which need not ascend: an import brings old ones.
      if (oldest === undefined || time < oldest) oldest = time;
    }
  }
  return { open, oldest };
}

function placeOf(places: Map<string, Map<number, Died>>, dlq: string, partition: number): Died {
  const partitions = places.get(dlq) ?? new Map<number, Died>();
  places.set(dlq, partitions);
  const died = partitions.get(partition) ?? { offsets: [], times: [] };
  partitions.set(partition, died);
  return died;
}

/** Retention took what lies below. */
function drop(places: Map<string, Map<number, Died>>, { topic, partition, low }: Bounds): void {
  const died = places.get(topic)?.get(partition);
  if (died === undefined || (died.offsets[0] ?? low) >= low) return;
  const left = died.offsets.findIndex((offset) => offset >= low);
  const gone = left === -1 ? died.offsets.length : left;
  died.offsets = died.offsets.slice(gone);
  died.times = died.times.slice(gone);
}
