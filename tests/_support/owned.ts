import { Attempts } from "../../workers/_runtime/attempt.ts";
import { Bodies } from "../../workers/_runtime/bodies.ts";
import { Breaker } from "../../workers/_runtime/breaker.ts";
import type { Broker, GroupMember, TransactionalProducer } from "../../workers/_runtime/broker.ts";
import { ClockSkew } from "../../workers/_runtime/clock-skew.ts";
import type { Codec } from "../../workers/_runtime/codec.ts";
import { contextsWith } from "../../workers/_runtime/context.ts";
import { Dispatcher } from "../../workers/_runtime/dispatch.ts";
import type { Event, Topic } from "../../workers/_runtime/event.ts";
import { familyOf } from "../../workers/_runtime/family.ts";
import { writeFrame } from "../../workers/_runtime/frame.ts";
import { withOurs } from "../../workers/_runtime/headers.ts";
import { createLog } from "../../workers/_runtime/log.ts";
import { Memory } from "../../workers/_runtime/memory.ts";
import { createMetrics } from "../../workers/_runtime/metrics.ts";
import { OwnedPartition } from "../../workers/_runtime/owned.ts";
import type { Header, KafkaRecord, OffsetCommit, OutRecord } from "../../workers/_runtime/record.ts";
import { Report } from "../../workers/_runtime/report.ts";
import { Track } from "../../workers/_runtime/track.ts";
import { defineWorker, from, type HandlerContext } from "../../workers/_runtime/worker.ts";
import { type Note, Note as noteRecord, noteTopic } from "./fleet.ts";

/** Of schema ids: 1 is ours, 2 somebody else's, others the registry has to be asked for. */
const OURS = 1;
const THEIRS = 2;

export interface Committed {
  readonly records: readonly OutRecord[];
  readonly offsets: readonly OffsetCommit[];
}

export interface OwnedOptions {
  readonly handle: (event: Note, context: HandlerContext) => Promise<void> | void;
  readonly retry?: readonly string[];
  readonly concurrency?: number;
  readonly order?: "key" | "none";
  readonly emits?: readonly Topic[];
  /** @default 10 MB */
  readonly memoryBytes?: number;
  /** Called for each transaction; what it throws is the transaction's failure. */
  readonly commit?: (transaction: Committed) => Promise<void> | void;
  /** Called when it happened; what it throws is all that the owner hears. */
  readonly committed?: (transaction: Committed) => Promise<void> | void;
  readonly breaker?: Breaker;
  /** Resolves after the next heartbeat that is answered well. @default at once */
  readonly heartbeat?: () => Promise<void>;
  /** Called when the producer is initialised. */
  readonly fenced?: () => void;
  /** How long the log takes to give a body again. @default 20 */
  readonly readMs?: number;
}

/**
 * One partition of the topic `s` owned by worker `w` in this process, with everything of the runtime's but the broker:
 * for questions of order and bookkeeping, where a broker's timing would hide the answer. Values are `n` as text.
 */
export function ownedPartition(options: OwnedOptions) {
  const { concurrency = 64, order = "key", retry = ["10ms"], memoryBytes = 10_000_000 } = options;
  const source = noteTopic("s", 1);
  const worker = defineWorker({
    name: "w",
    reads: [from(source, noteRecord)],
    retry,
    concurrency,
    order,
    emits: options.emits ?? [],
    handle: options.handle,
  });
  const log = createLog({ level: "silent", worker: "w", build: "test" });
  const family = familyOf(worker, "s", retry);
  const topics = [family.source, family.replay, ...new Set(family.ladder.map(({ topic }) => topic))];
  const transactions: Committed[] = [];
  const stored = new Map<string, KafkaRecord[]>();
  const producer: TransactionalProducer = {
    async fence() {
      options.fenced?.();
    },
    async commit(_, records, offsets) {
      const transaction = { records, offsets };
      await options.commit?.(transaction);
      transactions.push(transaction);
      await options.committed?.(transaction);
    },
    async close() {},
  };
  const broker = {
    transactional: () => producer,
    admin: {
      committed: async (_: string, topics: readonly string[]) =>
        new Map(
          topics.map((topic) => {
            const all = transactions.flatMap(({ offsets }) => offsets);
            return [topic, all.filter((each) => each.topic === topic).slice(-1)] as const;
          }),
        ),
    },
    readAt: async (topic: string, _: number, offset: number) => {
      await tick(options.readMs ?? 20);
      return (stored.get(topic) ?? []).slice(offset, offset + 1);
    },
  } as unknown as Broker;
  const member = { pause() {}, resume() {}, seek() {} } as unknown as GroupMember;
  const metrics = createMetrics({ worker: "w" });
  const breaker = options.breaker ?? new Breaker();
  const memory = new Memory(memoryBytes);
  const dispatcher = new Dispatcher({ concurrency, breaker, leaseHolds: () => true });
  const nameOf = (id: number) => (id === OURS ? "test.Note" : id === THEIRS ? "test.Other" : undefined);
  const codec = {
    nameOf,
    resolveName: (id: number, signal: AbortSignal) =>
      new Promise((resolve, reject) => {
        if (nameOf(id) !== undefined) resolve(nameOf(id));
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    encode: (_: unknown, { n }: Note) => ({
      schemaId: OURS,
      value: writeFrame(OURS, Buffer.from(String(n))),
    }),
    decode: (_: unknown, __: number, bytes: Buffer, from = 0): Event =>
      ({ type: "Note", key: "", n: Number(bytes.toString("utf8", from)), text: "" }) as Event,
  } as unknown as Codec;
  const bodies = new Bodies(broker, memory);
  const attempts = new Attempts({
    worker,
    codec,
    Context: contextsWith({}, { codec, log }),
    reader: (_, name) => (name === "test.Note" ? noteRecord : undefined),
    load: (run, signal) => bodies.load(run, signal),
  });
  const lost: string[] = [];
  const opened = {
    family,
    topics,
    partition: 0,
    producer,
    tracks: new Map(
      topics.map((topic) => [topic, new Track(topic, 0, { base: 0, metadata: "", end: 0 })] as const),
    ),
    committed: new Map<string, number>(),
  };
  const owned = new OwnedPartition(opened, {
    worker,
    build: "test",
    broker,
    codec,
    attempts,
    dispatcher,
    breaker,
    memory,
    bodies,
    metrics,
    skew: new ClockSkew(),
    report: new Report({ log, metrics, recordOf: () => "Note" }),
    log,
    member,
    heartbeat: options.heartbeat ?? (async () => {}),
    lost: (_, reason) => void lost.push(reason),
  });
  owned.position();

  const nextOffsets = new Map<string, number>();
  const record = (
    topic: string,
    key: string | null,
    value: Buffer | null,
    headers: readonly Header[] = [],
  ) => {
    const offset = nextOffsets.get(topic) ?? 0;
    nextOffsets.set(topic, offset + 1);
    const made: KafkaRecord = {
      topic,
      partition: 0,
      offset,
      timestamp: Date.now(),
      key: key === null ? null : Buffer.from(key),
      value,
      headers,
    };
    const log = stored.get(topic) ?? [];
    log.push(made);
    stored.set(topic, log);
    return made;
  };
  const value = (n: number, schemaId = OURS) => writeFrame(schemaId, Buffer.from(String(n)));
  return {
    owned,
    family,
    breaker,
    memory,
    dispatcher,
    metrics,
    /** What committed, in order. */
    transactions,
    lost,
    record,
    value,
    /** A record of the source. */
    note: (key: string | null, n: number) => record("s", key, value(n)),
    /** One that the worker doesn't read. */
    other: (key: string, n: number) => record("s", key, value(n, THEIRS)),
    /** One whose schema the registry doesn't tell for now. */
    unknown: (key: string, n: number) => record("s", key, value(n, 99)),
    /** A copy in a derived topic, of an origin on the source. */
    copy: (topic: string, key: string | null, n: number, origin: number, due = 0, attempt = 2) =>
      record(
        topic,
        key,
        value(n),
        withOurs([], { id: { topic: "s", partition: 0, offset: origin }, due, attempt, time: 1 }),
      ),
    /** Hands over what was fetched; whether it was taken. */
    take(records: readonly KafkaRecord[]): boolean {
      const [first] = records;
      const last = records.at(-1);
      return !first || !last || owned.take(first.topic, records, last.offset + 1);
    },
    /** As a drain does. */
    interrupt: () => attempts.interruptPreparations(),
    /** Written in transactions so far, of one topic. */
    written: (topic: string) =>
      transactions.flatMap(({ records }) => records).filter((each) => each.topic === topic),
    close: () => {
      owned.close();
      dispatcher.stop();
    },
  };
}

export const tick = (ms = 0) => new Promise<void>((resolve) => setTimeout(resolve, ms));
