import { Unavailable } from "../_runtime/errors.ts";
import { identity, type Place, parseIdentity } from "../_runtime/identity.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import type { Named, Reading } from "./decode.ts";
import type { Call } from "./desk.ts";
import { editChanges } from "./edit-changes.ts";
import { Refused } from "./failures.ts";
import { readRange } from "./follow.ts";
import { type Chapter, historyOf } from "./history.ts";
import { type Letter, letterId, partsOfDlq, rowOf } from "./letter.ts";
import type { LetterDetail, Look } from "./letter-detail.ts";
import { retentionMs } from "./letter-index.ts";
import { letterReader } from "./letter-reader.ts";
import { newerEvents } from "./newer.ts";
import type { PlanLog } from "./plan-log.ts";
import { CLOCKS_APART_MS, readAudit } from "./read-audit.ts";
import type { Sources } from "./select.ts";
import type { Edit } from "./state.ts";
import { headerRow, toldReading, traceIdOf } from "./told.ts";

/** Letters that one record was, one after the other, told at most; replays are capped far below. */
const MOST_CHAPTERS = 20;
/** Offsets of a DLQ partition looked through for the letter that came after. */
const MOST_FORWARD = 200_000;
const MOST_AUDIT = 200;
const READ_BYTES = 1_048_576;

/**
 * Everything that is known of one letter.
 * @throws {Refused} no-such-letter
 */
export async function detailOf(
  sources: Sources & { readonly log: PlanLog },
  id: string,
  { personal = false, newer = true }: Look,
  { signal }: Call,
): Promise<LetterDetail> {
  const { broker, states, decoder, log } = sources;
  const place = parseIdentity(id);
  const record = place && (await recordAt(sources, place));
  if (place === undefined || record === undefined)
    throw new Refused("no-such-letter", `Cannot find letter '${id}': it never was, or retention took it`);
  await states.catchUp(signal, 1_000);
  await log.catchUp(signal);
  const letter = letterReader()(record);
  const state = states.of(id);
  const edit = state.outcome === "open" || state.outcome === "discarded" ? state.edit : undefined;
  const read = (value: Buffer | null) => reading(sources, letter, value, signal);
  const own = await read(record.value);
  const configs = await broker.admin.topicConfigs([place.topic], ["retention.ms", "cleanup.policy"]);
  return {
    ...rowOf(letter, state, retentionMs(configs.get(place.topic))),
    raw: personal ? { key: base64(record.key), value: base64(record.value) } : undefined,
    headers: record.headers.map(headerRow),
    decoded: toldReading(own, personal),
    edit: edit && editTold(edit, own, await read(Buffer.from(edit.value, "base64")), personal),
    history: historyOf(await chaptersOf(sources, letter, signal), (plan) => log.planned(plan)?.plan),
    newer: newer ? await newerEvents({ broker, decoder }, letter, signal) : "not asked",
    traceId: traceIdOf(record.headers),
  };
}

function editTold({ by, reason, time }: Edit, own: Reading, edited: Reading, personal: boolean) {
  const told = (all: boolean) => ({ before: toldReading(own, all), after: toldReading(edited, all) });
  const shown = told(personal);
  return { by, reason, time, decoded: shown.after, changes: editChanges(told(true), shown) };
}

/** A letter can be looked at while the registry is away: what can't be decoded is told. */
async function reading(
  { decoder }: Sources,
  named: Named,
  value: Buffer | null,
  signal: AbortSignal,
): Promise<Reading> {
  try {
    return await decoder.read(named, value, signal);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { ok: false, schemaId: undefined, error: error.name, reason: error.message };
  }
}

/** Undefined: no such record of a DLQ, or no longer. */
async function recordAt({ broker }: Sources, place: Place): Promise<KafkaRecord | undefined> {
  const { topic, partition, offset } = place;
  if (partsOfDlq(topic) === undefined || !(await broker.admin.listTopics()).includes(topic)) return undefined;
  const bounds = (await broker.admin.offsets(topic)).find((each) => each.partition === partition);
  if (bounds === undefined || offset < bounds.low || offset >= bounds.high) return undefined;
  const [record] = await broker.readAt(topic, partition, offset, READ_BYTES);
  return record?.offset === offset ? record : undefined;
}

/** The letters that its record was and became, oldest first. */
async function chaptersOf(sources: Sources, letter: Letter, signal: AbortSignal): Promise<Chapter[]> {
  const read = letterReader();
  const letters = [letter];
  for (let before = letter.ours.letter; before && letters.length < MOST_CHAPTERS; ) {
    const record = await recordAt(sources, before);
    if (record === undefined) break;
    const earlier = read(record);
    letters.unshift(earlier);
    before = earlier.ours.letter;
  }
  for (let last = letter; letters.length < MOST_CHAPTERS; ) {
    const next =
      sources.states.of(letterId(last)).outcome === "dead again"
        ? await after(sources, last, signal)
        : undefined;
    if (next === undefined) break;
    letters.push(next);
    last = next;
  }
  const chapters: Chapter[] = [];
  for (const each of letters) {
    const id = letterId(each);
    const since = each.diedAt - CLOCKS_APART_MS;
    const audit = await readAudit(sources.broker, { letter: id, since, limit: MOST_AUDIT }, signal);
    chapters.push({ letter: each, state: sources.states.of(id), audit });
  }
  return chapters;
}

/** The letter that names this one as what it was: it lies behind it, in the same partition. */
async function after({ broker }: Sources, letter: Letter, signal: AbortSignal): Promise<Letter | undefined> {
  const { dlq, partition, offset } = letter;
  const bounds = (await broker.admin.offsets(dlq)).find((each) => each.partition === partition);
  const read = letterReader();
  const id = letterId(letter);
  let found: Letter | undefined;
  const enough = new AbortController();
  const to = Math.min(bounds?.high ?? 0, offset + MOST_FORWARD);
  const options = { signal: AbortSignal.any([signal, enough.signal]) };
  try {
    await readRange(broker, { topic: dlq, partition, from: offset + 1, to }, options, (records) => {
      for (const record of records) {
        const next = read(record);
        const before = next.ours.letter;
        if (before === undefined || identity(before.topic, before.partition, before.offset) !== id) continue;
        found = next;
        enough.abort();
        return;
      }
    });
  } catch (error) {
    if (found === undefined) throw error;
  }
  return found;
}

function base64(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString("base64");
}
