import t from "tap";
import { defineWorker, from, topic } from "../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../_support/fleet.ts";
import { brokers } from "../_support/kafka.ts";
import { startJavaClient } from "./java-client.ts";

const java = await startJavaClient(brokers());
t.teardown(() => java.close());

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;

t.test("each source topic has the derived topics of each of its workers, as the contract says", async (t) => {
  const f = await fleet(t);
  const kept = topic({
    name: f.unique("kept"),
    records: [Note],
    key: (event) => event.key,
    retention: "forever",
    partitions: 3,
    maxMessageBytes: 200_000,
  });
  const compact = topic({
    name: f.unique("compact"),
    records: [Note],
    key: (event) => event.key,
    retention: "compact",
    partitions: 5,
  });
  const worker = (name: string, retry: readonly string[]) =>
    defineWorker({ name, reads: [from(kept, Note), from(compact, Note)], retry, handle() {} });
  const [one, two] = [worker(f.unique("one"), ["1s", "10m"]), worker(f.unique("two"), [])];
  await f.prepare([kept, compact], [one, two]);
  const all = (await f.broker.admin.listTopics()).filter((name) => name.startsWith(f.unique("")));
  const expected = [kept, compact].flatMap(({ name }) => [
    name,
    `${name}.${one.name}.retry.1s`,
    `${name}.${one.name}.retry.10m`,
    `${name}.${one.name}.replay`,
    `${name}.${one.name}.dlq`,
    `${name}.${two.name}.replay`,
    `${name}.${two.name}.dlq`,
  ]);
  t.same([...all].sort(), [...expected].sort(), "these and no others");

  const fleetTopics = ["fleet.dead-letters", "fleet.plans", "fleet.audit"];
  const topics = await java.describe([...all, ...fleetTopics]);
  for (const source of [kept, compact]) {
    const own = expected.filter((name) => name.startsWith(source.name));
    for (const name of own) {
      const { partitions, config } = topics[name] ?? { partitions: 0, config: {} };
      const isSource = name === source.name;
      t.equal(partitions, source.partitions, `partitions of ${name}`);
      const isCompact = isSource && source.retention === "compact";
      t.match(
        config,
        {
          "max.message.bytes": String(source.maxMessageBytes + (isSource ? 0 : 65_536)),
          "cleanup.policy": isCompact ? "compact" : "delete",
          ...(isCompact ? {} : { "retention.ms": String(name.endsWith(".dlq") ? THIRTY_DAYS_MS : -1) }),
          "retention.bytes": "-1",
        },
        name,
      );
    }
  }
  t.match(topics["fleet.dead-letters"]?.config, { "cleanup.policy": "compact" });
  t.match(topics["fleet.plans"]?.config, { "cleanup.policy": "compact" });
  t.match(topics["fleet.audit"]?.config, { "cleanup.policy": "delete", "retention.ms": "-1" });
});

/** Runs of done offsets above the committed one: lengths, undone and done in turn, as base64 varints behind a mark. */
function doneAbove(offset: number, metadata: string): number[] {
  const [mark, text = ""] = metadata.split(":");
  if (mark !== "1") throw new Error(`'${metadata}' is no done map`);
  const lengths: number[] = [];
  let value = 0;
  let bits = 0;
  for (const byte of Buffer.from(text, "base64")) {
    value += (byte & 0x7f) * 2 ** bits;
    bits += 7;
    if (byte >= 0x80) continue;
    lengths.push(value);
    [value, bits] = [0, 0];
  }
  const done: number[] = [];
  let at = offset;
  lengths.forEach((length, i) => {
    for (let end = at + length; at < end; at++) if (i % 2 === 1) done.push(at);
  });
  return done;
}

t.test("group, transactional ids, committed offsets and the done map beside them", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("in"), 3);
  const held = new Map<number, () => void>();
  const seen: number[] = [];
  const build = () =>
    defineWorker({
      name: f.unique("mapper"),
      reads: [from(source, Note)],
      retry: ["1h"],
      async handle(event) {
        seen.push(event.n);
        if (event.text === "hold") await new Promise<void>((resolve) => held.set(event.n, resolve));
        if (event.text === "fail") throw new Error("later");
      },
    });
  const worker = build();
  await f.prepare([source], [worker]);
  const text = (n: number) => ([3, 4, 300].includes(n) ? "hold" : n === 7 ? "fail" : "");
  await f.send(
    Array.from({ length: 400 }, (_, n) => ({
      ...f.note(source, { key: `k${n}`, n, text: text(n) }),
      partition: 1,
    })),
  );
  const running = await f.run(worker);
  const retry = `${source.name}.${worker.name}.retry.1h`;
  const described = () => java.group(worker.name);
  const committed = async () => (await described()).committed[`${source.name}-1`];
  await until(t, "all but the held ones are committed", async () => {
    const { offset = -1, metadata = "" } = (await committed()) ?? {};
    return offset === 3 && metadata !== "" && doneAbove(offset, metadata).length === 395 - 1;
  });
  const { offset = -1, metadata = "" } = (await committed()) ?? {};
  const done = new Set(doneAbove(offset, metadata));
  t.same(
    Array.from({ length: 400 }, (_, n) => n).filter((n) => n > offset && !done.has(n)),
    [4, 300],
    "what is not done: the held ones; a record that went to a retry topic is done here",
  );
  const { transactionalIds } = await described();
  t.same(
    transactionalIds.filter((id) => id.startsWith(worker.name)).sort(),
    [0, 1, 2].map((partition) => `${worker.name}-${source.name}-${partition}`),
  );

  held.get(4)?.();
  held.get(300)?.();
  await until(t, "one is left", async () => {
    const { metadata = "" } = (await committed()) ?? {};
    return doneAbove(3, metadata).length === 396;
  });
  held.get(3)?.();
  await until(t, "nothing is left", async () => (await committed())?.offset === 400);
  t.equal((await committed())?.metadata, "", "no map when nothing above is done");
  await running.stop();
  const { committed: last } = await described();
  t.same(
    Object.keys(last).filter((place) => !place.startsWith(source.name)),
    [],
    "the group is the worker's",
  );
  t.notOk(last[`${retry}-1`]?.offset, "the record in the retry topic is not done");
  const before = seen.length;
  await f.run(build());
  await f.send([{ ...f.note(source, { key: "more", n: 400 }), partition: 1 }]);
  await until(t, "the next owner goes on", () => seen.includes(400));
  t.equal(seen.length, before + 1, "and repeats nothing");
});
