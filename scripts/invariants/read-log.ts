import { payments, reservations } from "../../schemas/topics.ts";
import { type LetterState, OPEN } from "../../workers/_letters/state.ts";
import { parseState, standsFor } from "../../workers/_letters/states.ts";
import type { Broker } from "../../workers/_runtime/broker.ts";
import { type Codec, CorruptPayload, createCodec, Unresolvable } from "../../workers/_runtime/codec.ts";
import { DEAD_LETTERS } from "../../workers/_runtime/copies.ts";
import { readFrame } from "../../workers/_runtime/frame.ts";
import { parseOurs } from "../../workers/_runtime/headers.ts";
import { identity } from "../../workers/_runtime/identity.ts";
import type { KafkaRecord, RecordType } from "../../workers/_runtime/mod.ts";
import { type Registry, UnknownSchemaId } from "../../workers/_runtime/registry.ts";
import type { BusinessEvent, Letter, Logged } from "./facts.ts";
import { type Positions, readNew } from "./read-new.ts";

/** What the log has said so far. Grows with every `read()`. */
export interface LogFacts {
  readonly events: readonly Logged[];
  readonly letters: readonly Letter[];
  /** Records in retry topics that failed, and those that wait behind one of their key. */
  readonly retried: number;
  readonly parked: number;
  /** Records of the source topics that nobody can decode. */
  readonly undecodable: number;
}

export interface LogReader {
  readonly facts: LogFacts;
  /** Reads what is new in the source topics, the retry topics, every DLQ and what became of letters. */
  read(signal: AbortSignal): Promise<void>;
}

const DERIVED = /^(reservations|payments)\.([a-z][a-z0-9-]*)\.(?:retry\..+|dlq)$/;
const SOURCES = [reservations, payments];
const RECORDS: ReadonlyMap<string, RecordType> = new Map(
  SOURCES.flatMap(({ records }) => records.map((record): [string, RecordType] => [record.fullName, record])),
);

/**
 * Reads facts from the log itself, as a stranger would: no group, no offsets committed, nobody disturbed.
 * @param since epoch milliseconds; retried and parked records are counted from then on
 */
export function createLogReader(
  broker: Pick<Broker, "admin" | "readAt">,
  registry: Registry,
  since = 0,
): LogReader {
  const codec = createCodec({ registry, records: [...RECORDS.values()], topics: [] });
  const positions = new Map<string, Positions>();
  const facts = { events: [] as Logged[], letters: [] as Letter[], retried: 0, parked: 0, undecodable: 0 };
  const states = new Map<string, LetterState>();

  const onSource = async (record: KafkaRecord, signal: AbortSignal) => {
    if (record.value === null) return;
    const event = await eventOf(codec, record, signal);
    const id = identity(record.topic, record.partition, record.offset);
    if (event) facts.events.push({ id, time: record.timestamp, event });
    else facts.undecodable += 1;
  };
  const onDerived = async (record: KafkaRecord, worker: string, signal: AbortSignal) => {
    if (record.topic.endsWith(".dlq")) facts.letters.push(await letterOf(codec, record, worker, signal));
    else if (record.timestamp < since) return;
    else if (parseOurs(record.headers).stage === "parked") facts.parked += 1;
    else facts.retried += 1;
  };
  const onFate = (record: KafkaRecord) => {
    const state = parseState(record.value);
    if (record.key !== null && state !== undefined) states.set(record.key.toString(), state);
  };

  return {
    get facts() {
      const letters = facts.letters.map((letter) =>
        standsFor(states.get(letter.id) ?? OPEN) ? letter : { ...letter, open: false },
      );
      return { ...facts, letters };
    },
    async read(signal) {
      const positionsOf = (topic: string) => {
        const known = positions.get(topic) ?? new Map();
        positions.set(topic, known);
        return known;
      };
      const hand = async (record: KafkaRecord) => {
        const worker = DERIVED.exec(record.topic)?.[2];
        if (record.topic === DEAD_LETTERS) onFate(record);
        else if (worker !== undefined) await onDerived(record, worker, signal);
        else await onSource(record, signal);
      };
      const topics = (await broker.admin.listTopics()).filter(
        (topic) =>
          topic === DEAD_LETTERS || DERIVED.test(topic) || SOURCES.some(({ name }) => name === topic),
      );
      for (const topic of topics) await readNew(broker, topic, positionsOf(topic), hand, signal);
    },
  };
}

/** Undefined when the bytes are not one of the fleet's events. */
async function eventOf(
  codec: Codec,
  record: KafkaRecord,
  signal: AbortSignal,
): Promise<BusinessEvent | undefined> {
  const frame = readFrame(record.value);
  if (frame.kind !== "event") return undefined;
  try {
    const type = RECORDS.get(await codec.resolveName(frame.schemaId, signal));
    // RECORDS holds the records of these topics and nothing else.
    return type && (codec.decode(type, frame.schemaId, frame.payload) as BusinessEvent);
  } catch (error) {
    const unreadable =
      error instanceof UnknownSchemaId || error instanceof CorruptPayload || error instanceof Unresolvable;
    if (unreadable) return undefined;
    throw error;
  }
}

async function letterOf(
  codec: Codec,
  record: KafkaRecord,
  worker: string,
  signal: AbortSignal,
): Promise<Letter> {
  const ours = parseOurs(record.headers);
  const event = await eventOf(codec, record, signal);
  return {
    id: identity(record.topic, record.partition, record.offset),
    time: record.timestamp,
    worker,
    recordId: ours.id ? identity(ours.id.topic, ours.id.partition, ours.id.offset) : "unknown",
    key: record.key?.toString() ?? null,
    record: event?.type,
    reservationId: event?.reservationId,
    stage: ours.stage ?? "unknown",
    error: ours.error ?? "unknown",
    reason: ours.reason ?? "",
    open: true,
  };
}
