import { randomBytes } from "node:crypto";
import t from "tap";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from, Permanent, topic } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test(
  "an event that the broker refuses inside a group is a dead letter, the others of the group go out once",
  async (t) => {
    const f = await fleet(t);
    const source = noteTopic(f.unique("in"), 1);
    // The declaration says more than the broker takes: emit() can't know.
    const out = topic({
      name: f.unique("out"),
      records: [Note],
      key: (event) => event.key,
      partitions: 1,
      maxMessageBytes: 20_000,
    });
    const believed = { ...out, maxMessageBytes: 1_000_000 };
    let calls = 0;
    const large = randomBytes(30_000).toString("base64");
    const worker = defineWorker({
      name: f.unique("emitter"),
      reads: [from(source, Note)],
      emits: [out],
      handle(event, { emit }) {
        calls++;
        emit(believed, { ...event, text: event.n % 40 === 13 ? large : "" });
      },
    });
    await f.prepare([source, out], [worker]);
    await f.send(Array.from({ length: 200 }, (_, n) => f.note(source, { key: `k${n % 10}`, n })));
    await f.run(worker);
    const dlq = `${source.name}.${worker.name}.dlq`;
    await until(
      t,
      "all letters and events are there",
      async () => (await f.all(dlq)).length === 5 && (await f.all(out.name)).length === 195,
    );
    const letters = (await f.all(dlq)).map(({ headers }) => parseOurs(headers));
    t.same(
      letters.map(({ id }) => id?.offset).sort((a, b) => Number(a) - Number(b)),
      [13, 53, 93, 133, 173],
    );
    t.ok(letters.every(({ stage }) => stage === "emit"));
    t.equal(calls, 200, "no handler ran again");
  },
);

t.test("an event too large for its topic's declaration is told at once, as a dead letter", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("in"), 1);
  const out = topic({
    name: f.unique("out"),
    records: [Note],
    key: (event) => event.key,
    partitions: 1,
    maxMessageBytes: 20_000,
  });
  const worker = defineWorker({
    name: f.unique("emitter"),
    reads: [from(source, Note)],
    emits: [out],
    handle: (event, { emit }) => emit(out, { ...event, text: "x".repeat(30_000) }),
  });
  await f.prepare([source, out], [worker]);
  await f.send([f.note(source, { key: "k", n: 1 })]);
  await f.run(worker);
  const dlq = `${source.name}.${worker.name}.dlq`;
  await until(t, "the letter is there", async () => (await f.all(dlq)).length === 1);
  const [letter] = (await f.all(dlq)).map(({ headers }) => parseOurs(headers));
  t.match(letter, { stage: "emit", attempt: 1, reason: /takes at most 20000 bytes/ });
});

t.test(
  "a partition whose DLQ refuses even the copy stands still instead of looping; others go on",
  async (t) => {
    const f = await fleet(t, { ADMIN_TOKEN: "let-me-in-please-0123456789" });
    const source = noteTopic(f.unique("in"), 2);
    const handled: string[] = [];
    const worker = defineWorker({
      name: f.unique("stuck"),
      reads: [from(source, Note)],
      handle(event, { id }) {
        handled.push(id.slice(source.name.length + 1));
        if (event.text !== "") throw new Permanent("never");
      },
    });
    const dlq = `${source.name}.${worker.name}.dlq`;
    // Somebody made it by hand.
    await f.broker.admin.createTopics([
      { name: dlq, partitions: 2, config: { "max.message.bytes": "1000" } },
    ]);
    await f.prepare([source], [worker]);
    const at = (partition: number, n: number, text = "") => ({
      ...f.note(source, { key: "k", n, text }),
      partition,
    });
    await f.send([at(0, 0), at(0, 1, randomBytes(5_000).toString("base64")), at(0, 2), at(1, 0)]);
    const { health } = await f.run(worker);
    const headers = { authorization: "Bearer let-me-in-please-0123456789" };
    const states = async () => {
      const answer = await (await fetch(`${health.url}/partitions`, { headers })).json();
      const { partitions } = answer as { partitions: { partition: number; state: string }[] };
      return partitions.sort((a, b) => a.partition - b.partition).map(({ state }) => state);
    };
    await until(t, "its partition is closed", async () => (await states()).join() === "opening,running");
    // Each second in the group would have been another call of the handler.
    for (let n = 1; n <= 20; n++) {
      await f.send([at(1, n)]);
      await until(t, "the other partition goes on", () => handled.includes(`1-${n}`));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    t.equal(handled.filter((id) => id === "0-1").length, 1, "its handler ran once");
    t.same(await states(), ["opening", "running"]);
    t.equal((await fetch(`${health.url}/livez`)).status, 200, "alive");
    t.equal((await fetch(`${health.url}/readyz`)).status, 503, "but not ready");
  },
);
