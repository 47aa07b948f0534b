import { auditRecord } from "./audit.ts";
import type { Call } from "./desk.ts";
import type { ExportedLetter } from "./exported-letter.ts";
import { freeze } from "./frozen.ts";
import type { Filter } from "./letter-filter.ts";
import { readFrozen } from "./read-frozen.ts";
import { type Sources, select } from "./select.ts";

/**
 * Every match with all that Kafka holds of it, in the order of a list; those that retention took since are left out.
 * Recorded before the first is told: an export shows personal fields as a look at each letter would.
 */
export async function* exportLetters(
  sources: Sources,
  filter: Filter,
  call: Call,
): AsyncGenerator<ExportedLetter> {
  const { broker } = sources;
  const cluster = await broker.admin.clusterId();
  const look = {
    time: Date.now(),
    by: call.by,
    action: "look",
    reason: "export",
    text: JSON.stringify(filter),
  } as const;
  await broker.producer().send([auditRecord(look)], { signal: call.signal });
  for await (const matches of select(sources, filter, call)) {
    for (const part of freeze(matches.map(({ letter }) => letter))) {
      for await (const { letters } of readFrozen(broker, part, call.signal)) {
        call.signal.throwIfAborted();
        for (const { topic, partition, offset, timestamp, key, value, headers } of letters) {
          yield {
            boxoffice: 1,
            cluster,
            topic,
            partition,
            offset,
            timestamp,
            key: base64(key),
            value: base64(value),
            headers: headers.map(([name, bytes]) => [name, base64(bytes)] as const),
          };
        }
      }
    }
  }
}

function base64(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString("base64");
}
