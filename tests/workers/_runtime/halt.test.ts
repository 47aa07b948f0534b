import t from "tap";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from, record, topic } from "../../../workers/_runtime/mod.ts";
import { bareFleet, fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

/** Another build's Note, which ours can't read. */
const Foreign = record<{ type: "Note"; key: string; n: string }>("test.Note", {
  type: "record",
  name: "Note",
  namespace: "test",
  fields: [
    { name: "key", type: "string" },
    { name: "n", type: "string" },
  ],
});

t.test(
  "an unresolvable writer schema halts its partition, is alive, and an operator's release sends it to the DLQ",
  async (t) => {
    const f = await fleet(t, { ADMIN_TOKEN: "let-me-in-please-0123456789" });
    const source = noteTopic(f.unique("halting"), 2);
    const handled: number[] = [];
    const worker = defineWorker({
      name: f.unique("halter"),
      reads: [from(source, Note)],
      handle: (event) => void handled.push(event.n),
    });
    await f.prepare([source], [worker]);
    const theirs = topic({ name: source.name, records: [Foreign], key: (event) => event.key, partitions: 2 });
    const writer = bareFleet(process.env);
    t.teardown(() => writer.close());
    await writer.prepare([theirs], []);
    const bad = writer.event(theirs, { type: "Note", key: "k", n: "eleven" });
    const at = (partition: number, n: number) => ({ ...f.note(source, { key: "k", n }), partition });
    await f.send([at(0, 1), { ...bad, partition: 0 }, at(0, 2), at(1, 3)]);
    const { health } = await f.run(worker);
    const headers = { authorization: "Bearer let-me-in-please-0123456789" };
    const list = async () => {
      const answer = (await (await fetch(`${health.url}/partitions`, { headers })).json()) as {
        partitions: { state: string }[];
      };
      return answer.partitions;
    };
    await until(t, "partition 0 is halted", async () =>
      (await list()).some(({ state }) => state === "halted"),
    );
    await until(t, "the other partition goes on", () => handled.includes(3));
    t.same(handled.toSorted(), [1, 3], "and nothing behind the halt");
    t.equal((await fetch(`${health.url}/livez`)).status, 200, "halted is alive");
    const [halted] = (await list()).filter(({ state }) => state === "halted");
    t.match(halted, {
      topic: source.name,
      partition: 0,
      halted: { record: `${source.name}-0-1`, schemaId: Number },
    });
    t.same(await f.all(`${source.name}.${worker.name}.dlq`), [], "nothing was drained into the DLQ");

    const refused = await fetch(`${health.url}/partitions/release`, { method: "POST", body: "{}" });
    t.equal(refused.status, 401);
    const body = JSON.stringify({ topic: source.name, partition: 0 });
    const released = await fetch(`${health.url}/partitions/release`, { method: "POST", headers, body });
    t.equal(released.status, 200);
    await until(t, "what stood behind it is handled", () => handled.includes(2));
    await until(
      t,
      "the letter is there",
      async () => (await f.all(`${source.name}.${worker.name}.dlq`)).length === 1,
    );
    const [letter] = await f.all(`${source.name}.${worker.name}.dlq`);
    t.match(parseOurs(letter?.headers ?? []), { stage: "decode", error: "Unresolvable" });
    t.ok(letter?.value?.equals(bad.value ?? Buffer.alloc(0)), "bytes untouched");
  },
);
