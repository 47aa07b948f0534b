import type { Broker } from "./broker.ts";
import type { Memory } from "./memory.ts";
import type { KafkaRecord } from "./record.ts";
import { idOf, type Run } from "./run-state.ts";

const FETCH_BYTES = 262_144;

/**
 * Fetches the body of a record that was beyond the memory for records read ahead, and those of its neighbours that
 * have room by now: they were read together and will mostly be due together.
 * @throws {Error} when the log doesn't have it: its topic was deleted or trimmed by hand
 */
export async function loadBody(
  broker: Broker,
  memory: Memory,
  run: Run,
  signal: AbortSignal,
): Promise<KafkaRecord> {
  const { track } = run;
  const records = await broker.readAt(track.topic, track.partition, run.offset, FETCH_BYTES);
  signal.throwIfAborted();
  let wanted: KafkaRecord | undefined;
  for (const record of records) {
    if (record.offset === run.offset) wanted = record;
    const neighbour = track.runAt(record.offset);
    if (!neighbour || neighbour === run || neighbour.record || neighbour.state !== "waiting") continue;
    neighbour.charged = memory.take(neighbour.bytes);
    if (neighbour.charged) neighbour.record = record;
  }
  if (!wanted)
    throw new Error(
      `Cannot fetch record ${idOf(run)} as '${track.topic}' has nothing at ${track.partition}/${run.offset} any more`,
    );
  return wanted;
}
