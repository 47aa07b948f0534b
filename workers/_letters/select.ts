import type { Broker } from "../_runtime/broker.ts";
import { schemaIdOf } from "../_runtime/frame.ts";
import { foreign } from "../_runtime/headers.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import type { Decoder } from "./decode.ts";
import type { Call } from "./desk.ts";
import { toCel } from "./event-values.ts";
import { matcher, outcomesOf } from "./filter.ts";
import { freeze } from "./frozen.ts";
import type { KnownStates } from "./known-states.ts";
import { type Letter, rowOf } from "./letter.ts";
import type { Filter } from "./letter-filter.ts";
import type { LetterIndex } from "./letter-index.ts";
import { withoutPersonal } from "./personal.ts";
import { readFrozen } from "./read-frozen.ts";
import type { LetterState } from "./state.ts";
import { compileWhere, type Facts, type Where } from "./where.ts";

/** What every way of reading letters stands on. */
export interface Sources {
  readonly broker: Broker;
  readonly index: LetterIndex;
  readonly states: KnownStates;
  readonly decoder: Decoder;
}

export interface Match {
  readonly letter: Letter;
  readonly state: LetterState;
}

/** Longest wait for transactions that are still open: what they hold back was not there when the operator asked. */
const PATIENCE_MS = 1_000;
/** Letters whose bodies are asked of a broker at once, when an expression wants them. */
const CHUNK = 2_000;

/**
 * The letters that match now, by DLQ, partition and offset; those of `after` and before are left out. Lazy where the
 * filter has an expression: bodies are read only as far as the caller goes.
 * @throws {Refused} invalid-filter
 */
export async function* select(
  sources: Sources,
  filter: Filter,
  call: Call,
  after?: (letter: Letter) => boolean,
): AsyncGenerator<readonly Match[]> {
  const matches = matcher(filter);
  const wanted = outcomesOf(filter);
  const where = filter.where === undefined ? undefined : compileWhere(filter.where);
  await refresh(sources, call);
  const found: Match[] = [];
  for (const letter of sources.index.letters()) {
    if (after?.(letter) === false || !matches(letter)) continue;
    const state = sources.states.of(stateKey(letter));
    if (wanted(state)) found.push({ letter, state });
  }
  if (where === undefined) yield found;
  else yield* narrowed(sources, found, where, call);
}

/** All of `select`. */
export async function selectAll(sources: Sources, filter: Filter, call: Call): Promise<Match[]> {
  const all: Match[] = [];
  for await (const some of select(sources, filter, call)) for (const match of some) all.push(match);
  return all;
}

/** States first: a letter that is dead again then shows as replaying at worst, and its successor is never missed. */
export async function refresh({ states, index }: Sources, { signal, progress }: Call): Promise<void> {
  await states.catchUp(signal, PATIENCE_MS);
  await index.refresh(signal, progress && ((done, of) => progress("reading dead letters", done, of)));
}

async function* narrowed(
  sources: Sources,
  found: readonly Match[],
  where: Where,
  call: Call,
): AsyncGenerator<readonly Match[]> {
  const fields = new Set(sources.decoder.fields);
  let matched = 0;
  for (let from = 0; from < found.length; from += CHUNK) {
    call.signal.throwIfAborted();
    call.progress?.("asking the expression", from, found.length);
    const chunk = found.slice(from, from + CHUNK);
    const records = await bodiesOf(
      sources.broker,
      chunk.map(({ letter }) => letter),
      call.signal,
    );
    const facts: Facts[] = [];
    const there: Match[] = [];
    for (const match of chunk) {
      const record = records.get(stateKey(match.letter));
      // Retention took it since.
      if (record === undefined) continue;
      there.push(match);
      facts.push(await factsOf(sources, match, record, where, call));
    }
    const answers = where.test(facts);
    const some = there.filter((_, at) => answers[at]);
    matched += some.length;
    // Only what matches nothing can be misspelt; a removed worker's events have fields that no declaration knows.
    if (matched === 0) for (const { event } of facts) for (const name in event) fields.add(name);
    yield some;
  }
  if (matched === 0) where.checkFields(fields);
}

/** The records of letters, by identity; without those that retention took. */
export async function bodiesOf(
  broker: Broker,
  letters: readonly Letter[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, KafkaRecord>> {
  const records = new Map<string, KafkaRecord>();
  for (const part of freeze(letters))
    for await (const { letters: read } of readFrozen(broker, part, signal))
      for (const record of read) records.set(`${record.topic}-${record.partition}-${record.offset}`, record);
  return records;
}

async function factsOf(
  { decoder, index }: Sources,
  { letter, state }: Match,
  record: KafkaRecord,
  where: Where,
  { signal, hidesPersonal }: Call,
): Promise<Facts> {
  // An edit is what would be replayed; what the record itself says is what the letter is about.
  const value = record.value;
  const read = !where.asksEvent
    ? undefined
    : (decoder.readNow(letter, value) ??
      (schemaIdOf(value) === undefined ? undefined : await decoder.read(letter, value, signal)));
  const seen = read?.ok && hidesPersonal ? withoutPersonal(read.event, read.shape, read.personal) : undefined;
  const event = read?.ok ? toCel(seen ? seen.value : read.event, read.shape) : undefined;
  const row = rowOf(letter, state, index.retentionOf(letter.dlq));
  return {
    event: event === undefined ? undefined : { ...Object(event) },
    letter: {
      ...row,
      partition: BigInt(row.partition),
      attempts: BigInt(row.attempts),
      replays: BigInt(row.replays),
      bytes: row.bytes === null ? null : BigInt(row.bytes),
      diedAt: new Date(row.diedAt),
      firstFailed: row.firstFailed === undefined ? null : new Date(row.firstFailed),
      expiresAt: row.expiresAt === undefined ? null : new Date(row.expiresAt),
    },
    headers: headerTexts(record),
    ...(seen && { hidden: seen.paths }),
  };
}

function headerTexts(record: KafkaRecord): Record<string, string[]> {
  const texts: Record<string, string[]> = Object.create(null);
  for (const [name, value] of foreign(record.headers)) {
    const known = texts[name] ?? [];
    texts[name] = known;
    known.push(value?.toString() ?? "");
  }
  return { ...texts };
}

export function stateKey({ dlq, partition, offset }: Letter): string {
  return `${dlq}-${partition}-${offset}`;
}
