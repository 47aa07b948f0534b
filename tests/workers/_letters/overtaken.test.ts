import t from "tap";
import { createDecoder } from "../../../workers/_letters/decode.ts";
import type { Letter } from "../../../workers/_letters/letter.ts";
import { overtaken } from "../../../workers/_letters/overtaken.ts";
import { encodeDoneMap } from "../../../workers/_runtime/done-map.ts";
import { record, topic } from "../../../workers/_runtime/event.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import { fleet, Note } from "../../_support/fleet.ts";
import { committedOf } from "../../_support/kafka.ts";
import { call, deleteTopic } from "../../_support/letters.ts";

interface Other {
  type: "Other";
  key: string;
}

const Other = record<Other>("test.Other", {
  type: "record",
  name: "Other",
  namespace: "test",
  fields: [{ name: "key", type: "string" }],
});

t.test(
  "overtaken() counts letters of whose key a newer event is done for their worker, and only those",
  async (t) => {
    const f = await fleet(t);
    const source = topic({
      name: f.unique("order"),
      records: [Note, Other],
      key: (event) => event.key,
      retention: "forever",
      partitions: 1,
    });
    const worker = defineWorker({ name: f.unique("w"), reads: [from(source, Note)], handle() {} });
    await f.prepare([source], [worker]);
    const note = (key: string) => f.event(source, { type: "Note", key, n: 1, text: "" });
    const other = f.event(source, { type: "Other", key: "other" });
    await f.send([
      note("trimmed"), // 0
      note("done"), // 1
      note("above"), // 2
      note("undone"), // 3
      note("other"), // 4
      note("alone"), // 5
      { ...note("none"), key: null }, // 6
      note("done"), // 7: below the committed offset
      other, // 8: not one of the worker's records
      { ...note("none"), key: null }, // 9
      note("undone"), // 10: committed ends here
      note("above"), // 11: named by the done map
      { topic: source.name, key: Buffer.from("alone"), value: null, headers: [] }, // 12: a tombstone
    ]);
    const producer = f.broker.transactional(f.unique("tx"));
    await producer.fence();
    const metadata = encodeDoneMap(10, [{ from: 11, to: 13 }]);
    const committed = { topic: source.name, partition: 0, offset: 10, metadata };
    await producer.commit(worker.name, [], [committed]);
    await committedOf(f.broker, worker.name, source.name, 10);
    const letterOf = (offset: number, key: string | null, origin = source.name): Letter => ({
      dlq: `${source.name}.${worker.name}.dlq`,
      topic: source.name,
      worker: worker.name,
      partition: 0,
      offset,
      diedAt: 1,
      key: key === null ? null : Buffer.from(key),
      bytes: 1,
      ours: { id: { topic: origin, partition: 0, offset } },
      malformed: undefined,
    });
    const letters = [
      letterOf(0, "trimmed"),
      letterOf(1, "done"),
      letterOf(2, "above"),
      letterOf(3, "undone"),
      letterOf(4, "other"),
      letterOf(5, "alone"),
      letterOf(6, null),
      letterOf(1, "done", `cluster.${source.name}`),
    ];
    const decoder = () => createDecoder(connectRegistry(f.config.registry), [worker]);
    const dlq = `${source.name}.${worker.name}.dlq`;
    const whole = await overtaken(f.broker, decoder(), letters, call);
    t.same(whole, { letters: 2, unknown: 1, samples: [`${dlq}-0-1`, `${dlq}-0-2`] });

    // What lies between a letter's origin and the log's beginning may have held a newer one.
    await f.broker.admin.deleteRecords(source.name, 0, 5);
    const trimmed = await overtaken(f.broker, decoder(), letters, call);
    t.same(
      trimmed,
      { letters: 2, unknown: 3, samples: [`${dlq}-0-1`, `${dlq}-0-2`] },
      "0 and 3 can't be told now",
    );

    await deleteTopic(t, f, source.name);
    t.match(await overtaken(f.broker, decoder(), letters, call), { letters: 0, unknown: 7 });
  },
);

t.test("overtaken() takes nothing for done before the group has committed", async (t) => {
  const f = await fleet(t);
  const source = topic({
    name: f.unique("new"),
    records: [Note],
    key: (event) => event.key,
    retention: "forever",
    partitions: 1,
  });
  const worker = defineWorker({ name: f.unique("w"), reads: [from(source, Note)], handle() {} });
  await f.prepare([source], [worker]);
  const note = f.event(source, { type: "Note", key: "k", n: 1, text: "" });
  await f.send([note, note]);
  const letter: Letter = {
    dlq: "d.w.dlq",
    topic: source.name,
    worker: worker.name,
    partition: 0,
    offset: 0,
    diedAt: 1,
    key: Buffer.from("k"),
    bytes: 1,
    ours: { id: { topic: source.name, partition: 0, offset: 0 } },
    malformed: undefined,
  };
  const decoder = createDecoder(connectRegistry(f.config.registry), [worker]);
  t.same(await overtaken(f.broker, decoder, [letter], call), { letters: 0, unknown: 0, samples: [] });
});
