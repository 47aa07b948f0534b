import { identity } from "../_runtime/identity.ts";
import { auditRecord } from "./audit.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { Acted, Call } from "./desk.ts";
import { countOf, type Frozen, type FrozenPartition } from "./frozen.ts";
import type { Lanes, Deed as Transaction } from "./lane.ts";
import { Skips } from "./skips.ts";
import type { Deed, LetterState } from "./state.ts";
import { isSameDeed } from "./states.ts";

/** A letter's next state, or why it stays as it is; the same state when this very deed was done before. */
export type Change = (state: LetterState) => LetterState | string;

const GROUP = 2_000;
const SIDE_BY_SIDE = 8;

/** Changes letters by hand, on their lanes, each group with its entry in the audit trail. */
export async function changeLetters(
  lanes: Lanes,
  letters: Frozen,
  entry: Pick<AuditEntry, "action" | "reason" | "plan">,
  change: Change,
  call: Call,
): Promise<Acted> {
  const skips = new Skips();
  const of = countOf(letters);
  let done = 0;
  let seen = 0;
  const changePartition = async (part: FrozenPartition) => {
    const lane = lanes.of(part.dlq, part.partition);
    for (const group of groupsOf(part)) {
      const { changed, skipped } = await lane.act(
        (stateOf) => transaction(group, stateOf, change, entry, call.by),
        call.signal,
      );
      done += changed;
      seen += group.length;
      for (const [letter, why] of skipped) skips.add(why, letter);
      call.progress?.(entry.action, seen, of);
    }
  };
  const waiting = [...letters];
  const work = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) await changePartition(part);
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, waiting.length) }, work));
  return { done, skipped: skips.list() };
}

export function discarded(deed: Deed): Change {
  return (state) => {
    if (state.outcome === "discarded" && isSameDeed(state, deed)) return state;
    if (state.outcome !== "open") return standing(state);
    return { outcome: "discarded", ...deed, ...(state.edit && { edit: state.edit }) };
  };
}

export function restored(deed: Deed): Change {
  return (state) => {
    if (state.outcome === "open" && state.restored && isSameDeed(state.restored, deed)) return state;
    if (state.outcome !== "discarded") return state.outcome === "open" ? "open" : standing(state);
    return { outcome: "open", restored: deed, ...(state.edit && { edit: state.edit }) };
  };
}

/** Why a letter can't be acted on now, for people. */
export function standing(state: LetterState): string {
  switch (state.outcome) {
    case "open":
      return "open";
    case "discarded":
      return `discarded by ${state.by}`;
    case "replaying":
      return `being replayed by plan ${state.plan}`;
    default:
      return state.plan === null ? state.outcome : `${state.outcome} by plan ${state.plan}`;
  }
}

interface Changed {
  readonly changed: number;
  readonly skipped: readonly (readonly [letter: string, why: string])[];
}

function transaction(
  group: readonly string[],
  stateOf: (letter: string) => LetterState,
  change: Change,
  entry: Pick<AuditEntry, "action" | "reason" | "plan">,
  by: string,
): Transaction<Changed> {
  const states: [string, LetterState][] = [];
  const skipped: [string, string][] = [];
  let before = 0;
  for (const letter of group) {
    const now = stateOf(letter);
    const next = change(now);
    if (typeof next === "string") skipped.push([letter, next]);
    else if (next === now) before++;
    else states.push([letter, next]);
  }
  const answer = { changed: states.length + before, skipped };
  const [first] = states;
  if (!first) return { records: [], states, answer };
  const audit = auditRecord({ ...entry, time: Date.now(), by, letters: states.length, letter: first[0] });
  return { records: [audit], states, answer };
}

function* groupsOf({ dlq, partition, runs }: FrozenPartition): Generator<string[]> {
  let group: string[] = [];
  for (const [first, count] of runs) {
    for (let offset = first; offset < first + count; offset++) {
      group.push(identity(dlq, partition, offset));
      if (group.length < GROUP) continue;
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
