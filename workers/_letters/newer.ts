import { schemaIdOf } from "../_runtime/frame.ts";
import { identity } from "../_runtime/identity.ts";
import { doneOffsets } from "./done-offsets.ts";
import { readRange } from "./follow.ts";
import type { Letter } from "./letter.ts";
import type { NewerEvent } from "./letter-detail.ts";
import { MOST_BACK } from "./overtaken.ts";
import type { Sources } from "./select.ts";

/** The newest ones are kept. */
const MOST_NEWER = 200;

/** The key's events behind a letter's own that its worker reads and is done with, oldest first. */
export async function newerEvents(
  { broker, decoder }: Pick<Sources, "broker" | "decoder">,
  letter: Letter,
  signal: AbortSignal,
): Promise<readonly NewerEvent[] | "unknown"> {
  const { worker, topic, key } = letter;
  const origin = letter.ours.id;
  if (origin?.topic !== topic) return "unknown";
  if (key === null) return [];
  if (!(await broker.admin.listTopics()).includes(topic)) return "unknown";
  const bounds = (await broker.admin.offsets(topic)).find(({ partition }) => partition === origin.partition);
  const from = origin.offset + 1;
  if (bounds === undefined || from < bounds.low || bounds.high - from > MOST_BACK) return "unknown";
  const done = await doneOffsets(broker, worker, topic);
  const found: { readonly event: Omit<NewerEvent, "record">; readonly schemaId: number }[] = [];
  const range = { topic, partition: origin.partition, from, to: bounds.high };
  await readRange(broker, range, { signal }, (records) => {
    for (const { partition, offset, timestamp, key: other, value } of records) {
      const schemaId = schemaIdOf(value);
      if (schemaId === undefined || other === null || !other.equals(key) || !done(partition, offset))
        continue;
      found.push({ event: { id: identity(topic, partition, offset), time: timestamp }, schemaId });
      if (found.length > 2 * MOST_NEWER) found.splice(0, MOST_NEWER);
    }
  });
  for (const schemaId of new Set(found.map((each) => each.schemaId))) await decoder.learn(schemaId, signal);
  return found
    .filter(({ schemaId }) => decoder.handles(letter, schemaId) === true)
    .slice(-MOST_NEWER)
    .map(({ event, schemaId }) => ({ ...event, record: decoder.nameOf(schemaId) }));
}
