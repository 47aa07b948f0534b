import type { Broker } from "../_runtime/broker.ts";
import { DEAD_LETTERS } from "../_runtime/copies.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import { pause } from "../_runtime/wait.ts";
import { type LetterState, OPEN } from "./state.ts";

/** What `fleet.dead-letters` says, as far as it was read. */
export interface KnownStates {
  /** Reads all that was committed, and what is open now, before this call. */
  catchUp(signal: AbortSignal): Promise<void>;
  of(letter: string): LetterState;
}

const READ_BYTES = 4_194_304;
const POLL_MS = 20;

export function knownStates(broker: Broker): KnownStates {
  const states = new Map<string, LetterState>();
  const positions = new Map<number, number>();
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const take = ({ key, value }: KafkaRecord) => {
    if (key === null) return;
    const letter = key.toString();
    const state = value === null ? undefined : parseState(value);
    if (state === undefined || (state.outcome === "open" && !state.edit && !state.restored))
      states.delete(letter);
    else states.set(letter, state);
  };

  const readTo = async (partition: number, end: number, signal: AbortSignal) => {
    for (let position = positions.get(partition) ?? 0; position < end; ) {
      signal.throwIfAborted();
      const read = await broker.readOn(DEAD_LETTERS, partition, position, READ_BYTES);
      for (const record of read.records) take(record);
      // Transactions of workers and others may still be open below the end: ten seconds at most.
      if (read.next === position) await pause(POLL_MS, signal);
      position = read.next;
      positions.set(partition, position);
    }
  };

  const readAll = async () => {
    const bounds = await broker.admin.offsets(DEAD_LETTERS);
    const limit = AbortSignal.timeout(READ_LIMIT_MS);
    await Promise.all(
      bounds.map(({ partition, low, high }) => {
        positions.set(partition, Math.max(low, positions.get(partition) ?? 0));
        return readTo(partition, high, limit);
      }),
    );
  };

  /** One read at a time; who asks while one runs may have come too late for it, and shares the next. */
  const catchUp = (): Promise<void> => {
    if (running === undefined) {
      running = readAll().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return catchUp();
      });
    return next;
  };

  return {
    of: (letter) => states.get(letter) ?? OPEN,
    async catchUp(signal) {
      await orAborted(catchUp(), signal);
    },
  };
}

/** A whole topic of millions takes seconds; an open transaction ten. */
const READ_LIMIT_MS = 120_000;

function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  return promise;
}

function parseState(value: Buffer): LetterState | undefined {
  try {
    const state: unknown = JSON.parse(value.toString());
    // Written by workers and lanes only; what has no outcome is nobody's.
    if (typeof state === "object" && state !== null && "outcome" in state) return state as LetterState;
  } catch {
    // Not ours: says nothing about a letter.
  }
  return undefined;
}
