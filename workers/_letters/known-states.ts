import type { Broker } from "../_runtime/broker.ts";
import { DEAD_LETTERS } from "../_runtime/copies.ts";
import { UsageError } from "../_runtime/errors.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import { follow, type Positions } from "./follow.ts";
import { shared } from "./shared.ts";
import { type LetterState, OPEN } from "./state.ts";
import { isPlainlyOpen, parseState } from "./states.ts";

/** What `fleet.dead-letters` says, as far as it was read. */
export interface KnownStates {
  /**
   * Reads all that was committed before this call, and what was open then, for which it waits up to `patienceMs`.
   * @param patienceMs @default Infinity
   * @throws {UsageError} when the topic doesn't exist: without it nothing is known, which is not the same as open
   */
  catchUp(signal: AbortSignal, patienceMs?: number): Promise<void>;
  of(letter: string): LetterState;
  /** Letters of which something is known. */
  readonly size: number;
}

/** A whole topic of millions takes seconds; an open transaction ten. */
const READ_LIMIT_MS = 120_000;

export function knownStates(broker: Pick<Broker, "admin" | "readOn">): KnownStates {
  const states = new Map<string, LetterState>();
  const positions: Positions = new Map();

  const take = (records: readonly KafkaRecord[]) => {
    for (const { key, value } of records) {
      const state = parseState(value);
      if (key === null || state === undefined) continue;
      if (isPlainlyOpen(state)) states.delete(key.toString());
      else states.set(key.toString(), state);
    }
  };
  const read = (patienceMs: number) => async () => {
    const signal = AbortSignal.timeout(READ_LIMIT_MS);
    const bounds = await follow(broker, [DEAD_LETTERS], positions, take, { signal, patienceMs });
    if (bounds.length === 0)
      throw new UsageError(
        `Cannot tell what became of letters as topic '${DEAD_LETTERS}' is missing: run 'boxoffice topics apply'`,
      );
  };
  // Who wants to wait must not share a read that doesn't.
  const turns = shared();

  return {
    of: (letter) => states.get(letter) ?? OPEN,
    get size() {
      return states.size;
    },
    catchUp: (signal, patienceMs = Number.POSITIVE_INFINITY) =>
      turns(String(patienceMs), read(patienceMs), signal),
  };
}
