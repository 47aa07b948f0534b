import t from "tap";
import { startStack } from "../../../scripts/stack/start.ts";
import { defineWorker, from, record, topic } from "../../../workers/_runtime/mod.ts";
import { bareFleet, fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test("killed brokers and a silent registry", { timeout: 600_000 }, async (t) => {
  const stack = await startStack({ services: ["kafka", "registry"] }, new AbortController().signal);
  t.teardown(() => stack.stop());

  await t.test(
    "a broker killed in mid-flight: nothing lost, events once, no attempt used, no dead letter",
    async (t) => {
      const f = await fleet(t, stack.env);
      const source = noteTopic(f.unique("in"));
      const out = noteTopic(f.unique("out"));
      const seen: { key: string; n: number; attempt: number }[] = [];
      const worker = defineWorker({
        name: f.unique("survivor"),
        reads: [from(source, Note)],
        emits: [out],
        async handle(event, { emit, attempt }) {
          await new Promise((resolve) => setTimeout(resolve, 2));
          seen.push({ key: event.key, n: event.n, attempt });
          emit(out, event);
        },
      });
      await f.prepare([source, out], [worker]);
      await f.send(Array.from({ length: 20_000 }, (_, n) => f.note(source, { key: `k${n % 500}`, n })));
      await f.run(worker);
      for (const share of [0.3]) {
        await until(t, `${share} is done`, () => seen.length > 20_000 * share);
        await stack.kafka.kill();
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await stack.kafka.start(new AbortController().signal);
      }
      await until(t, "all events are out", async () => (await f.all(out.name)).length >= 20_000, 180);
      const written = (await f.all(out.name)).map(({ value }) => value?.toString("latin1"));
      t.equal(written.length, 20_000);
      t.equal(new Set(written).size, 20_000, "each once");
      t.ok(
        seen.every(({ attempt }) => attempt === 1),
        "no attempt was used",
      );
      t.same(await f.all(`${source.name}.${worker.name}.dlq`), []);
    },
  );

  await t.test("a registry that is away: a new schema id waits for it, nothing is routed", async (t) => {
    const f = await fleet(t, stack.env);
    const source = noteTopic(f.unique("in"), 1);
    const seen: number[] = [];
    const worker = defineWorker({
      name: f.unique("reader"),
      reads: [from(source, Note)],
      retry: ["50ms"],
      handle: (event) => void seen.push(event.n),
    });
    await f.prepare([source], [worker]);
    const { health } = await f.run(worker);
    await f.send([f.note(source, { key: "k", n: 1 })]);
    await until(t, "the known schema is read", () => seen.includes(1));
    // A later build's record: its schema id is new to the running worker.
    const Later = record<{ type: "Note"; key: string; n: number; text: string; more: string }>("test.Note", {
      type: "record",
      name: "Note",
      namespace: "test",
      fields: [
        { name: "key", type: "string" },
        { name: "n", type: "long" },
        { name: "text", type: "string", default: "" },
        { name: "more", type: "string", default: "" },
      ],
    });
    const theirs = topic({ name: source.name, records: [Later], key: (event) => event.key, partitions: 1 });
    const writer = bareFleet({ ...process.env, ...stack.env });
    t.teardown(() => writer.close());
    await writer.prepare([theirs], []);
    const later = writer.event(theirs, { type: "Note", key: "k", n: 2, text: "", more: "x" });
    stack.registry.freeze();
    t.teardown(() => stack.registry.thaw());
    await f.send([later]);
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    t.same(seen, [1], "nothing is handled");
    t.same(await f.all(`${source.name}.${worker.name}.retry.50ms`), [], "nothing is routed");
    t.equal((await fetch(`${health.url}/livez`)).status, 200, "waiting is alive");
    stack.registry.thaw();
    await until(t, "the record is read", () => seen.includes(2));
    t.same(await f.all(`${source.name}.${worker.name}.dlq`), []);
  });
});
