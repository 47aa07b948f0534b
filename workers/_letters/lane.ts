import { isConnectionError } from "../_runtime/broker/broker-error.ts";
import { type Broker, type TransactionalProducer, TransactionFailed } from "../_runtime/broker.ts";
import { DEAD_LETTERS } from "../_runtime/copies.ts";
import { Unavailable } from "../_runtime/errors.ts";
import type { OutRecord } from "../_runtime/record.ts";
import { pause } from "../_runtime/wait.ts";
import type { KnownStates } from "./known-states.ts";
import type { LetterState } from "./state.ts";

/** What is written in one transaction, and what its caller wants to know of it. */
export interface Deed<T> {
  /** Copies and audit entries. */
  readonly records: readonly OutRecord[];
  /** The letters' new states. */
  readonly states: readonly (readonly [letter: string, state: LetterState])[];
  readonly answer: T;
}

/**
 * All that changes letters of one DLQ partition goes through here, one transaction at a time, in the order of the
 * calls, so that nobody fences itself.
 */
export interface Lane {
  /**
   * Decides by the letters' states and writes. Who was fenced, or doesn't know how it ended, waits a
   * little, fences in turn, learns the states again and decides again: `decide` may be called several times and changes nothing itself.
   * @throws {TransactionFailed} refused: the broker won't take one of the records; nothing happened
   * @throws {Unavailable} when Kafka is away for too long
   */
  act<T>(decide: (stateOf: (letter: string) => LetterState) => Deed<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** An idle lane lets its producer and its connections go. */
const IDLE_MS = 10_000;
/** Own deeds remembered until they are learnt from the log. */
const MOST_OWN = 50_000;
const GIVE_UP_MS = 120_000;
const GROUP = "letters";

export function openLane(broker: Broker, states: KnownStates, place: string): Lane {
  const transactionalId = `letters-${place}`;
  /** States that this lane wrote since it last learnt: the log may not show them yet. */
  const own = new Map<string, LetterState>();
  let producer: TransactionalProducer | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;

  const stateOf = (letter: string) => own.get(letter) ?? states.of(letter);

  const letGo = async () => {
    const spent = producer;
    producer = undefined;
    own.clear();
    await spent?.close();
  };

  const learn = async (signal: AbortSignal) => {
    await states.catchUp(signal);
    own.clear();
  };

  /** Fenced first: what others had written or begun is behind the watermark that is read to, or will never be. */
  const ownProducer = async (signal: AbortSignal): Promise<TransactionalProducer> => {
    if (producer === undefined) {
      const fresh = broker.transactional(transactionalId);
      producer = fresh;
      await fresh.fence();
      await learn(signal);
    } else if (own.size > MOST_OWN) await learn(signal);
    return producer;
  };

  const attempt = async <T>(
    decide: (stateOf: (letter: string) => LetterState) => Deed<T>,
    signal: AbortSignal,
  ): Promise<{ answer: T } | undefined> => {
    try {
      const knew = producer !== undefined;
      const current = await ownProducer(signal);
      let deed = knew ? tried(decide, stateOf) : undefined;
      if (deed === undefined || recordsOf(deed).length === 0) {
        // Nothing to write, so nobody tells whether this lane was fenced since: then its knowledge is old.
        if (knew) await learn(signal);
        deed = decide(stateOf);
      }
      const records = recordsOf(deed);
      if (records.length > 0) await current.commit(GROUP, records, []);
      for (const [letter, state] of deed.states) own.set(letter, state);
      return { answer: deed.answer };
    } catch (error) {
      const refused = error instanceof TransactionFailed && error.kind === "refused";
      if (!refused || error.spent) await letGo();
      const passing = error instanceof TransactionFailed ? !refused : isConnectionError(error);
      if (signal.aborted || !passing) throw error;
      return undefined;
    }
  };

  const run = async <T>(
    decide: (stateOf: (letter: string) => LetterState) => Deed<T>,
    signal: AbortSignal,
  ): Promise<T> => {
    const giveUpAt = Date.now() + GIVE_UP_MS;
    for (let tries = 0; Date.now() < giveUpAt; tries++) {
      signal.throwIfAborted();
      if (closed && tries > 0) throw letGoOf(place);
      const done = await attempt(decide, signal);
      if (done) return done.answer;
      // By chance, so that two who fence each other don't do so for ever.
      await pause(20 + Math.random() * Math.min(100 * 2 ** tries, 2_000), signal);
    }
    throw new Unavailable("kafka", `Cannot act on letters as transactions of '${transactionalId}' fail`);
  };

  return {
    act(decide, signal) {
      if (closed) return Promise.reject(letGoOf(place));
      clearTimeout(idle);
      waiting++;
      const turn = queue
        .then(() => run(decide, signal))
        .finally(() => {
          waiting--;
          if (waiting === 0 && !closed) idle = setTimeout(() => void letGo(), IDLE_MS).unref();
        });
      queue = turn.catch(() => {});
      return turn;
    },
    async close() {
      // What is in flight comes to its end; nothing new begins, on connections that are closed next.
      closed = true;
      clearTimeout(idle);
      await queue;
      await letGo();
    },
  };
}

/** The lanes of one process, each made at its first use. */
export interface Lanes {
  of(dlq: string, partition: number): Lane;
  close(): Promise<void>;
}

export function createLanes(broker: Broker, states: KnownStates): Lanes {
  const lanes = new Map<string, Lane>();
  let closed = false;
  return {
    of(dlq, partition) {
      if (closed) throw letGoOf(dlq);
      const place = `${dlq}-${partition}`;
      const lane = lanes.get(place) ?? openLane(broker, states, place);
      lanes.set(place, lane);
      return lane;
    },
    async close() {
      closed = true;
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
    },
  };
}

function letGoOf(place: string): Error {
  return new Error(`Cannot act on letters of '${place}' as this process lets go of them`);
}

/** Undefined when it refuses: by old knowledge, maybe. */
function tried<T>(
  decide: (stateOf: (letter: string) => LetterState) => Deed<T>,
  stateOf: (letter: string) => LetterState,
): Deed<T> | undefined {
  try {
    return decide(stateOf);
  } catch {
    return undefined;
  }
}

function recordsOf<T>({ records, states }: Deed<T>): OutRecord[] {
  return [...records, ...states.map(stateRecord)];
}

function stateRecord([letter, state]: readonly [string, LetterState]): OutRecord {
  return {
    topic: DEAD_LETTERS,
    key: Buffer.from(letter),
    value: Buffer.from(JSON.stringify(state)),
    headers: [],
  };
}
