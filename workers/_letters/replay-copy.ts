import { foreign, MalformedHeaders, type Ours, parseOurs, withOurs } from "../_runtime/headers.ts";
import { identity } from "../_runtime/identity.ts";
import type { Header, KafkaRecord, OutRecord } from "../_runtime/record.ts";
import type { Open, Replaying, SentToSource } from "./state.ts";

/** Where a plan's letters of one DLQ go. */
export interface Destination {
  readonly plan: string;
  readonly to: "worker" | "source";
  /** The worker's replay topic, or the source topic. */
  readonly topic: string;
}

export interface Sendable {
  readonly copy: OutRecord;
  readonly state: Replaying | SentToSource;
}

const BO_ID = "bo-id";

/**
 * An open letter put back to work: the same partition, key, value and foreign headers, byte for byte; an edit's value
 * in place of its own. On the source topic nothing of ours but the identity goes along: there it is a new record.
 */
export function sendable(
  letter: KafkaRecord,
  { edit }: Open,
  { plan, to, topic }: Destination,
  now: number,
): Sendable {
  const { partition, key } = letter;
  const ours = readable(letter.headers);
  const value = edit === undefined ? letter.value : Buffer.from(edit.value, "base64");
  const theirs = foreign(letter.headers);
  if (to === "source") {
    const headers = withIdentity(theirs, ours);
    return {
      copy: { topic, partition, key, value, headers },
      state: { outcome: "sent to source", plan, time: now },
    };
  }
  const replays = (ours.replays ?? 0) + 1;
  const headers = withOurs(theirs, {
    ...(ours.id && { id: ours.id }),
    time: ours.time ?? letter.timestamp,
    ...(ours.worker !== undefined && { worker: ours.worker }),
    ...(ours.build !== undefined && { build: ours.build }),
    replay: plan,
    replays,
    letter: { topic: letter.topic, partition, offset: letter.offset },
  });
  return {
    copy: { topic, partition, key, value, headers },
    state: { outcome: "replaying", plan, replays, time: now, ...(edit && { edited: true as const }) },
  };
}

/** What somebody else wrote into our headers must not keep a letter from being tried again. */
function readable(headers: readonly Header[]): Ours {
  try {
    return parseOurs(headers);
  } catch (error) {
    if (!(error instanceof MalformedHeaders)) throw error;
    return {};
  }
}

/** One that an earlier sending to the source had put there is replaced. */
function withIdentity(theirs: readonly Header[], { id }: Ours): readonly Header[] {
  if (!id) return theirs;
  const text = identity(id.topic, id.partition, id.offset);
  return [...theirs.filter(([name]) => name !== BO_ID), [BO_ID, Buffer.from(text)]];
}

/** About what a letter takes in a batch, ours included. */
export function sizeOfLetter({ key, value, headers }: KafkaRecord): number {
  let bytes = 200 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, header] of headers) bytes += name.length + (header?.length ?? 0) + 4;
  return bytes;
}
