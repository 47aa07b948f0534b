import type { Broker } from "../_runtime/broker.ts";
import { identity } from "../_runtime/identity.ts";
import type { KafkaRecord, OutRecord } from "../_runtime/record.ts";
import { inSpan, type SpanOptions, traceOf } from "../_runtime/tracing.ts";
import type { FrozenPartition } from "./frozen.ts";
import { halve } from "./halve.ts";
import type { Deed, Lane } from "./lane.ts";
import { readFrozen } from "./read-frozen.ts";
import { type Destination, sendable, sizeOfLetter } from "./replay-copy.ts";
import type { LetterState } from "./state.ts";
import { fateOf } from "./tally.ts";

/** What became of letters whose turn came. */
export interface Turn {
  readonly sent: readonly string[];
  /** Sent by this plan before: by a replayer that had it, or in a transaction whose end was unknown. */
  readonly before: readonly string[];
  /** No longer open, or gone with retention. */
  readonly skipped: number;
  readonly refused: readonly (readonly [letter: string, why: string])[];
}

const NONE: Turn = { sent: [], before: [], skipped: 0, refused: [] };

/** Lets letters through, as fast as they may go. */
export interface Gate {
  /** How many of `most` may go now, at least one; waits for them. */
  take(most: number, signal: AbortSignal): Promise<number>;
  /** So many were taken, and so many of these sent; the rest may go to others. */
  settle(taken: number, sent: number): void;
}

export interface SendParts {
  readonly broker: Broker;
  readonly lane: Lane;
  readonly destination: Destination;
  readonly gate: Gate;
  readonly turn: (turn: Turn) => void;
}

/** A replay partition gets a batch for each transaction: it stays below the broker's limit for one. */
const GROUP_BYTES = 900_000;
const GROUP_LETTERS = 2_000;

/** Sends the frozen letters of one DLQ partition that are open when their turn comes, in order. */
export async function sendPartition(
  parts: SendParts,
  part: FrozenPartition,
  signal: AbortSignal,
): Promise<void> {
  for await (const { letters, gone } of readFrozen(parts.broker, part, signal)) {
    if (gone.length > 0) parts.turn({ ...NONE, skipped: gone.length });
    for (const group of groupsOf(letters)) {
      for (let at = 0; at < group.length; ) {
        const count = await parts.gate.take(group.length - at, signal);
        signal.throwIfAborted();
        const turn = await sendGroup(parts, group.slice(at, at + count), signal);
        parts.gate.settle(count, turn.sent.length);
        parts.turn(turn);
        at += count;
      }
    }
  }
}

function* groupsOf(letters: readonly KafkaRecord[]): Generator<readonly KafkaRecord[]> {
  let group: KafkaRecord[] = [];
  let bytes = 0;
  for (const letter of letters) {
    const size = sizeOfLetter(letter);
    if (group.length > 0 && (bytes + size > GROUP_BYTES || group.length === GROUP_LETTERS)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(letter);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

/** A record that the broker refuses is told, and stops none of the others. */
async function sendGroup(
  { lane, destination }: SendParts,
  letters: readonly KafkaRecord[],
  signal: AbortSignal,
): Promise<Turn> {
  const turns = await halve(
    letters,
    (some) =>
      inSpan(spanOf(some, destination), () =>
        lane.act((stateOf) => deedOf(some, stateOf, destination), signal),
      ),
    (letter, why): Turn => ({ ...NONE, refused: [[letterOf(letter), why]] }),
  );
  return {
    sent: turns.flatMap(({ sent }) => sent),
    before: turns.flatMap(({ before }) => before),
    skipped: turns.reduce((sum, { skipped }) => sum + skipped, 0),
    refused: turns.flatMap(({ refused }) => refused),
  };
}

/** Links that a span holds. */
const MOST_LINKS = 128;

/** A trace of the job's own, with links to those that its letters belong to; their copies go on in theirs. */
function spanOf(letters: readonly KafkaRecord[], { plan, topic }: Destination): SpanOptions {
  return {
    name: `replay to ${topic}`,
    kind: "producer",
    links: letters
      .slice(0, MOST_LINKS)
      .map(({ headers }) => traceOf(headers))
      .filter((trace) => trace !== undefined),
    attributes: {
      "messaging.system": "kafka",
      "messaging.destination.name": topic,
      "messaging.batch.message_count": letters.length,
      "boxoffice.replay": plan,
    },
  };
}

function deedOf(
  letters: readonly KafkaRecord[],
  stateOf: (letter: string) => LetterState,
  destination: Destination,
): Deed<Turn> {
  const records: OutRecord[] = [];
  const states: [string, LetterState][] = [];
  const sent: string[] = [];
  const before: string[] = [];
  const now = Date.now();
  for (const record of letters) {
    const letter = letterOf(record);
    const standing = stateOf(letter);
    if (standing.outcome !== "open") {
      if (fateOf(standing, destination.plan) !== "other") before.push(letter);
      continue;
    }
    const { copy, state } = sendable(record, standing, destination, now);
    records.push(copy);
    states.push([letter, state]);
    sent.push(letter);
  }
  const skipped = letters.length - sent.length - before.length;
  return { records, states, answer: { sent, before, skipped, refused: [] } };
}

function letterOf({ topic, partition, offset }: KafkaRecord): string {
  return identity(topic, partition, offset);
}
