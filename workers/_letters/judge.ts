import type { Broker } from "../_runtime/broker.ts";
import { identity } from "../_runtime/identity.ts";
import type { Decoder, Reading } from "./decode.ts";
import type { Call } from "./desk.ts";
import { countOf, type Frozen, type FrozenPartition } from "./frozen.ts";
import type { KnownStates } from "./known-states.ts";
import { type Letter, partsOfDlq } from "./letter.ts";
import type { Plan } from "./plan.ts";
import { readFrozen } from "./read-frozen.ts";

const SIDE_BY_SIDE = 4;
/** Reasons told one by one; the rest is summed up. */
const MOST_REASONS = 50;

type Named = Pick<Letter, "worker" | "topic">;

/**
 * Decodes every letter of a plan as its worker would today, an edit in place of what it edits.
 * @throws {Unavailable} when the registry doesn't answer: nothing can be said then
 */
export async function judge(
  { broker, decoder, states }: { broker: Broker; decoder: Decoder; states: KnownStates },
  letters: Frozen,
  call: Call,
): Promise<Plan["undecodable"]> {
  const reasons = new Map<string, { letters: number; sample: string }>();
  const of = countOf(letters);
  let done = 0;
  const note = (reason: string, letter: string) => {
    const known = reasons.get(reason);
    if (known) known.letters++;
    else if (reasons.size < MOST_REASONS) reasons.set(reason, { letters: 1, sample: letter });
    else noteOther(reasons, letter);
  };
  const judgePartition = async (part: FrozenPartition) => {
    const named = partsOfDlq(part.dlq) ?? { topic: part.dlq, worker: "unknown" };
    for await (const { letters: records, gone } of readFrozen(broker, part, call.signal)) {
      call.signal.throwIfAborted();
      for (const { partition, offset, value } of records) {
        const letter = identity(part.dlq, partition, offset);
        const state = states.of(letter);
        const edit = state.outcome === "open" ? state.edit : undefined;
        const sent = edit ? Buffer.from(edit.value, "base64") : value;
        const read = decoder.readNow(named, sent) ?? (await decoder.read(named, sent, call.signal));
        const why = whyNot(read, named, decoder);
        if (why !== undefined) note(why, letter);
      }
      done += records.length + gone.length;
      call.progress?.("decoding", done, of);
    }
  };
  const waiting = [...letters];
  const work = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) await judgePartition(part);
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, letters.length) }, work));
  return [...reasons]
    .map(([reason, { letters: count, sample }]) => ({ reason, letters: count, sample }))
    .sort((a, b) => b.letters - a.letters);
}

/** Why its worker would not get an event out of it; undefined: it would. */
function whyNot(read: Reading, named: Named, decoder: Decoder): string | undefined {
  if (decoder.workerOf(named) === undefined)
    return `this build has no worker '${named.worker}' that reads '${named.topic}'`;
  if (read.ok)
    return read.schema === "reader" ? undefined : `worker '${named.worker}' doesn't read ${read.record}`;
  // A tombstone has nothing to decode: a worker takes or skips it.
  return read.error === "Tombstone" ? undefined : `${read.error}: ${read.reason}`;
}

function noteOther(reasons: Map<string, { letters: number; sample: string }>, letter: string): void {
  const known = reasons.get("other reasons");
  if (known) known.letters++;
  else reasons.set("other reasons", { letters: 1, sample: letter });
}
