import { createCodec, record, topic } from "../../../workers/_runtime/mod.ts";
import { selfContained } from "../self-contained.ts";
import type { Own } from "./broken-readers.ts";
import { type FleetWorker, parsed, registryOf, type Unusable } from "./readers.ts";

/**
 * Workers that would not start since the runtime can't make an encoder of a record that they may emit: a default beyond
 * what a number holds, say. No record is written under such a schema, so no reader finds it.
 */
export function unusableWriters(workers: readonly FleetWorker[], own: readonly Own[]): Unusable[] {
  const refused = own.flatMap(({ topic: name, version }) => {
    try {
      const { schema, references } = parsed(version);
      const type = record(version.record, selfContained(schema, references));
      const carries = topic({ name, records: [type], key: () => "" });
      createCodec({ registry: registryOf(new Map()), records: [], topics: [carries] });
      return [];
    } catch (error) {
      return [{ name, version, reason: error instanceof Error ? error.message : String(error) }];
    }
  });
  return refused.flatMap(({ name, version, reason }) =>
    workers.filter(({ emits }) => emits.includes(name)).map(({ worker }) => ({ worker, version, reason })),
  );
}
