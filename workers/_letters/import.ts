import { partitionOfKey } from "../_runtime/broker/partitioner.ts";
import type { Broker } from "../_runtime/broker.ts";
import { auditRecord } from "./audit.ts";
import type { Acted, Call } from "./desk.ts";
import type { ExportedLetter } from "./exported-letter.ts";
import { halve } from "./halve.ts";
import { type Importable, importable } from "./imported-letter.ts";
import type { Deed, Lanes } from "./lane.ts";
import { partsOfDlq } from "./letter.ts";
import type { Reason } from "./reason.ts";
import { Skips } from "./skips.ts";
import type { LetterState } from "./state.ts";
import { isSameDeed } from "./states.ts";

const GROUP = 500;
const GROUP_BYTES = 500_000;
const MARK = "a mark: this letter was imported";
type Mark = Extract<LetterState, { readonly outcome: "discarded" }>;

interface Group {
  readonly dlq: string;
  readonly partition: number;
  letters: Importable[];
  bytes: number;
}

/**
 * Writes exported letters into this cluster's DLQs. Beside each, under its name in its own cluster, stands a mark in
 * `fleet.dead-letters`, of the same transaction: so it comes in once, whoever imports it, however often.
 */
export async function importLetters(
  broker: Broker,
  lanes: Lanes,
  letters: AsyncIterable<ExportedLetter>,
  { reason }: Reason,
  call: Call,
): Promise<Acted> {
  const cluster = await broker.admin.clusterId();
  const counts = await dlqCounts(broker);
  const skips = new Skips();
  const groups = new Map<string, Group>();
  let done = 0;
  let seen = 0;
  let time = 0;

  const flush = async (group: Group) => {
    const { dlq, partition, letters: batch } = group;
    group.letters = [];
    group.bytes = 0;
    const lane = lanes.of(dlq, partition);
    // Another for each group: so a mark tells whether this very group set it, in a transaction whose end was unknown.
    time = Math.max(Date.now(), time + 1);
    const mark: Mark = { outcome: "discarded", by: call.by, reason: MARK, time };
    const results = await halve(
      batch,
      (some) => lane.act((stateOf) => deedOf(some, stateOf, mark, reason), call.signal),
      ({ name }, why): Written => ({ written: 0, skipped: [[name, `the broker refused it: ${why}`]] }),
    );
    for (const { written, skipped } of results) {
      done += written;
      for (const [name, why] of skipped) skips.add(why, name);
    }
  };

  for await (const letter of letters) {
    call.signal.throwIfAborted();
    seen++;
    call.progress?.("import", seen, undefined);
    const name = `${letter.cluster}.${letter.topic}-${letter.partition}-${letter.offset}`;
    const count = counts.get(letter.topic);
    if (count === undefined) {
      skips.add(`this cluster has no DLQ '${letter.topic}'`, name);
      continue;
    }
    const taken = importable(letter, cluster, partitionOf(letter, count));
    if (typeof taken === "string") {
      skips.add(taken, name);
      continue;
    }
    const { partition } = taken.record;
    const place = `${letter.topic}-${partition}`;
    const group = groups.get(place) ?? { dlq: letter.topic, partition, letters: [], bytes: 0 };
    groups.set(place, group);
    group.letters.push(taken);
    group.bytes += sizeOf(taken);
    if (group.letters.length >= GROUP || group.bytes >= GROUP_BYTES) await flush(group);
  }
  for (const group of groups.values()) if (group.letters.length > 0) await flush(group);
  return { done, skipped: skips.list() };
}

interface Written {
  readonly written: number;
  readonly skipped: readonly (readonly [name: string, why: string])[];
}

function deedOf(
  letters: readonly Importable[],
  stateOf: (letter: string) => LetterState,
  set: Mark,
  reason: string,
): Deed<Written> {
  const { by, time } = set;
  const states = new Map<string, LetterState>();
  const skipped: [string, string][] = [];
  const records = [];
  const before = new Set<string>();
  for (const { name, record } of letters) {
    const mark = `imported:${name}`;
    const now = stateOf(mark);
    // The file may hold it twice, too.
    const twice = states.has(mark) || before.has(mark);
    if (!twice && now.outcome === "discarded" && isSameDeed(now, set)) before.add(mark);
    else if (twice || now.outcome !== "open") skipped.push([name, "it was imported before"]);
    else {
      records.push(record);
      states.set(mark, set);
    }
  }
  const answer = { written: states.size + before.size, skipped };
  const [first] = states.keys();
  if (first === undefined) return { records, states: [], answer };
  const entry = { time, by, action: "import", reason, letters: states.size, letter: first.slice(9) } as const;
  return {
    records: [...records, auditRecord(entry)],
    states: [...states],
    answer,
  };
}

/** Where its key's live records lie; without a key anywhere does. */
function partitionOf({ key, partition }: ExportedLetter, count: number): number {
  return key === null ? partition % count : partitionOfKey(Buffer.from(key, "base64"), count);
}

async function dlqCounts(broker: Broker): Promise<ReadonlyMap<string, number>> {
  const dlqs = (await broker.admin.listTopics()).filter((topic) => partsOfDlq(topic) !== undefined);
  return await broker.admin.partitionCounts(dlqs);
}

function sizeOf({ record: { key, value, headers } }: Importable): number {
  let bytes = 200 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, header] of headers) bytes += name.length + (header?.length ?? 0);
  return bytes;
}
