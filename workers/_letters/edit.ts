import type { Broker } from "../_runtime/broker.ts";
import { type Place, parseIdentity } from "../_runtime/identity.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import type { Registry } from "../_runtime/registry.ts";
import type { Worker } from "../_runtime/worker.ts";
import { auditRecord } from "./audit.ts";
import { standing } from "./change-letters.ts";
import type { Call } from "./desk.ts";
import { editChanges } from "./edit-changes.ts";
import { editedValue, invalid } from "./edit-value.ts";
import type { EditResult, EditWish } from "./edited-letter.ts";
import { Refused } from "./failures.ts";
import { missingIn } from "./json-value.ts";
import type { KnownStates } from "./known-states.ts";
import type { Deed, Lanes } from "./lane.ts";
import type { Decoded } from "./letter-detail.ts";
import { readerOfDlq } from "./reader-of.ts";
import type { LetterState } from "./state.ts";

export interface EditParts {
  readonly broker: Broker;
  readonly registry: Registry;
  readonly workers: readonly Worker[];
  readonly states: KnownStates;
  readonly lanes: Lanes;
  /** A value of a letter of this DLQ, by its worker's reader schema. */
  readonly decode: (
    dlq: string,
    value: Buffer | null,
    personal: boolean,
    signal: AbortSignal,
  ) => Promise<Decoded>;
}

const READ_BYTES = 1_048_576;

/** Puts a new value beside an open letter; the letter itself stays as it is. */
export async function editLetter(
  parts: EditParts,
  letter: string,
  wish: EditWish,
  call: Call,
): Promise<EditResult> {
  const { states, lanes } = parts;
  const { place, record } = await find(parts.broker, letter);
  await states.catchUp(call.signal);
  const standingValue = standingValueOf(openOr(letter, states.of(letter)), record);
  const reader = readerOfDlq(parts.workers, place.topic);
  if (!reader)
    throw invalid(`Cannot edit '${letter}' as this build has no worker that reads '${place.topic}'`, "");
  const masked = await parts.decode(place.topic, standingValue, false, call.signal);
  const real = await parts.decode(place.topic, standingValue, true, call.signal);
  const shown = { masked, real };
  const { value, whole } = await editedValue(parts.registry, reader, wish.event, shown, call.signal);
  const after = await parts.decode(place.topic, value, false, call.signal);
  const realAfter = await parts.decode(place.topic, value, true, call.signal);
  if (!after.ok || !realAfter.ok)
    throw invalid(`Cannot edit '${letter}' as the worker could not read the new value: ${why(after)}`, "");
  // A misspelt field is left out by the encoder, and its default written, without a word.
  const missing = missingIn(whole, realAfter.event);
  if (missing !== undefined)
    throw invalid(`Cannot edit '${letter}' as '${after.record}' has no field '${missing}'`, missing);
  const changes = editChanges({ before: real, after: realAfter }, { before: masked, after });
  const same = standingValue?.equals(value) ?? false;
  if (!same && wish.dryRun !== true) {
    const deed = { by: call.by, reason: wish.reason, time: Date.now() };
    const base = standingValue;
    await lanes.of(place.topic, place.partition).act((stateOf): Deed<undefined> => {
      const now = openOr(letter, stateOf(letter));
      // It was written in a transaction whose end was unknown.
      if (isSame(standingValueOf(now, record), value)) return { records: [], states: [], answer: undefined };
      // What was compared must be what is replaced.
      if (!isSame(standingValueOf(now, record), base))
        throw new Refused("not-open", `Cannot edit '${letter}' as somebody edited it meanwhile: look again`);
      const { edit: _, ...bare } = now;
      // Back to what the letter itself says: then it isn't edited any more.
      const original = isSame(record.value, value);
      const state = original ? bare : { ...bare, edit: { ...deed, value: value.toString("base64") } };
      const audit = auditRecord({
        ...deed,
        action: "edit",
        letter,
        text: changes.map(({ path }) => path).join(", "),
      });
      return { records: [audit], states: [[letter, state]], answer: undefined };
    }, call.signal);
  }
  return {
    letter,
    written: !same && wish.dryRun !== true,
    schemaId: after.schemaId,
    before: masked,
    after,
    changes,
  };
}

/** @throws {Refused} no-such-letter */
async function find(broker: Broker, letter: string): Promise<{ place: Place; record: KafkaRecord }> {
  const place = parseIdentity(letter);
  const bounds = place && (await boundsOf(broker, place));
  if (place && bounds && place.offset >= bounds.low && place.offset < bounds.high) {
    const [record] = await broker.readAt(place.topic, place.partition, place.offset, READ_BYTES);
    if (record?.offset === place.offset) return { place, record };
  }
  throw new Refused("no-such-letter", `Cannot find letter '${letter}': it never was, or retention took it`);
}

async function boundsOf(broker: Broker, { topic, partition }: Place) {
  if (!(await broker.admin.listTopics()).includes(topic)) return undefined;
  return (await broker.admin.offsets(topic)).find((each) => each.partition === partition);
}

/** @throws {Refused} not-open */
function openOr(letter: string, state: LetterState) {
  if (state.outcome === "open") return state;
  throw new Refused("not-open", `Cannot edit '${letter}' as it is not open: it is ${standing(state)}`);
}

function standingValueOf(state: { readonly edit?: { readonly value: string } }, { value }: KafkaRecord) {
  return state.edit === undefined ? value : Buffer.from(state.edit.value, "base64");
}

function isSame(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

function why(decoded: Decoded): string {
  return decoded.ok ? "" : decoded.reason;
}
