import t from "tap";
import { defineWorker, from, record, topic } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, until } from "../../_support/fleet.ts";

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

t.test("Track: a backlog in which every other record is another worker's is worked off", async (t) => {
  const own = await fleet(t);
  const mixed = topic({
    name: own.unique("mixed"),
    records: [Note, Other],
    key: ({ key }: Note | Other) => key,
    retention: "forever",
    partitions: 1,
  });
  const handled = new Set<number>();
  const worker = defineWorker({
    name: own.unique("notes"),
    reads: [from(mixed, Note)],
    concurrency: 16,
    async handle({ n }) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      handled.add(n);
    },
  });
  await own.prepare([mixed], [worker]);
  const wanted = 6_000;
  const records = Array.from({ length: wanted }, (_, n) => [
    own.event(mixed, { type: "Note", key: `k${n}`, n, text: "" }),
    own.event(mixed, { type: "Other", key: `o${n}` }),
  ]).flat();
  for (let i = 0; i < records.length; i += 2_000) await own.send(records.slice(i, i + 2_000));
  const running = await own.run(worker);
  await until(t, "all of its records are handled", () => handled.size === wanted);
  await running.stop();
  await until(t, "its offset stands behind the last of either", async () => {
    const committed = await own.broker.admin.committed(worker.name, [mixed.name]);
    return committed.get(mixed.name)?.[0]?.offset === 2 * wanted;
  });
  t.equal(await own.all(`${mixed.name}.${worker.name}.dlq`).then(({ length }) => length), 0);
});
