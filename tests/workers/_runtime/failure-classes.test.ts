import t from "tap";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from, Permanent, record, type Topic, topic } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test("each failure class ends as documented, and the records around it are handled", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("classes"), 1);
  const handled: number[] = [];
  const worker = defineWorker({
    name: f.unique("classy"),
    reads: [from(source, Note)],
    retry: ["100ms"],
    handle(event) {
      if (event.text === "permanent") throw new Permanent("card number 4711 is no card");
      if (event.text === "transient") throw new Error("always");
      if (event.text === "rubbish")
        throw Object.defineProperty(new Error("x"), "message", {
          get: () => {
            throw new Error("nested");
          },
        });
      handled.push(event.n);
    },
  });
  await f.prepare([source], [worker]);
  const good = (n: number, text = "") => f.note(source, { key: "k", n, text });
  const raw = (value: Buffer | null) => ({ topic: source.name, key: Buffer.from("k"), value, headers: [] });
  const truncated = good(9).value?.subarray(0, 7) ?? null;
  const unknownId = Buffer.concat([Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0]), Buffer.from("whatever")]);
  await f.send([
    good(1),
    raw(Buffer.from("no avro at all")),
    raw(Buffer.alloc(0)),
    raw(null),
    raw(truncated),
    good(2, "permanent"),
    good(3, "transient"),
    raw(unknownId),
    good(4, "rubbish"),
    good(5),
  ]);
  await f.run(worker);
  const dlq = `${source.name}.${worker.name}.dlq`;
  await until(t, "all letters are there and the last record was handled", async () => {
    return (await f.all(dlq)).length === 7 && handled.length === 2;
  });
  t.same(handled, [1, 5]);
  const letters = (await f.all(dlq)).map(({ headers }) => parseOurs(headers));
  const byOffset = new Map(letters.map((letter) => [letter.id?.offset, letter]));
  t.match(byOffset.get(1), { stage: "frame", error: "Unframed", attempt: 1 }, "wrong magic byte");
  t.match(byOffset.get(2), { stage: "frame", attempt: 1 }, "empty value");
  t.match(byOffset.get(4), { stage: "decode", error: "CorruptPayload", attempt: 1 }, "truncated payload");
  t.match(byOffset.get(5), { stage: "handle", error: "Permanent", attempt: 1 });
  t.match(
    byOffset.get(6),
    { stage: "handle", error: "Error", attempt: 2 },
    "transient uses the whole ladder",
  );
  t.match(
    byOffset.get(7),
    { stage: "frame", error: "UnknownSchemaId", attempt: 2 },
    "unknown id: bounded retry first",
  );
  t.match(byOffset.get(8), { stage: "handle", attempt: 2 }, "anything may be thrown");
  t.equal(byOffset.has(3), false, "a tombstone is skipped");
});

t.test("records that are not the worker's are done at once, and tombstones handled on request", async (t) => {
  const f = await fleet(t);
  const Other = record<{ type: "Other"; key: string }>("test.Other", {
    type: "record",
    name: "Other",
    namespace: "test",
    fields: [{ name: "key", type: "string" }],
  });
  const source = topic({
    name: f.unique("mixed"),
    records: [Note, Other],
    key: (event) => event.key,
    partitions: 1,
  });
  const seen: unknown[] = [];
  const worker = defineWorker({
    name: f.unique("picky"),
    reads: [from(source, Note)],
    tombstones: true,
    handle: (event) => void seen.push(event === null ? null : event.n),
  });
  await f.prepare([source], [worker]);
  const note = f.note(source as Topic<Note>, { key: "k", n: 1 });
  await f.send([note, { ...note, value: null }, f.event(source, { type: "Other", key: "k" }), note]);
  await f.run(worker);
  await until(t, "three were handled", () => seen.length === 3);
  t.same(seen, [1, null, 1]);
  await until(t, "everything is committed, the other record too", async () => {
    const committed = await f.broker.admin.committed(worker.name, [source.name]);
    return committed.get(source.name)?.[0]?.offset === 4;
  });
});
