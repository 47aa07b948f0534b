import { once } from "node:events";
import t from "tap";
import { defineWorker, from, type Topic } from "../../workers/_runtime/mod.ts";
import type { RunningWorker } from "../../workers/_runtime/run-worker.ts";
import { fleet, Note, noteTopic, until } from "../_support/fleet.ts";
import { brokers } from "../_support/kafka.ts";
import { startJavaClient } from "./java-client.ts";

const java = await startJavaClient(brokers());
t.teardown(() => java.close());

const TOKEN = "let-me-in-please-0123456789";

interface Status {
  readonly topic: string;
  readonly partition: number;
  readonly state: string;
}

async function partitionsOf({ health }: RunningWorker): Promise<readonly Status[]> {
  const answer = await fetch(`${health.url}/partitions`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const { partitions } = (await answer.json()) as { partitions: readonly Status[] };
  return partitions;
}

t.test(
  "a partition of a source and of all topics derived from it has one owner, whoever comes and goes",
  async (t) => {
    const f = await fleet(t, { ADMIN_TOKEN: TOKEN });
    const sources = [noteTopic(f.unique("few"), 3), noteTopic(f.unique("many"), 5)];
    const name = f.unique("shared");
    const calls: { member: string; id: string; attempt: number; key: string; n: number }[] = [];
    const build = (member: string) =>
      defineWorker({
        name,
        reads: sources.map((source) => from(source, Note)),
        retry: ["300ms", "600ms"],
        handle(event, { id, attempt }) {
          calls.push({ member, id, attempt, key: event.key, n: event.n });
          if (event.n % 10 === 0 && attempt <= 2) throw new Error("a sown failure");
        },
      });
    await f.prepare(sources, [build("any")]);
    const units = sources.flatMap(({ name, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => `${name}-${partition}`),
    );

    /** What the members say they own, once everything is running, against what the group's coordinator says. */
    const settledAmong = async (members: readonly RunningWorker[]) => {
      let owned: string[][] = [];
      await until(t, `${members.length} members share all partitions`, async () => {
        const statuses = await Promise.all(members.map(partitionsOf));
        owned = statuses.map((each) => each.map(({ topic, partition }) => `${topic}-${partition}`).sort());
        const sizes = owned.map((each) => each.length);
        return (
          sizes.reduce((sum, size) => sum + size, 0) === units.length &&
          Math.max(...sizes) - Math.min(...sizes) <= 1 &&
          statuses.flat().every(({ state }) => state === "running")
        );
      });
      t.same(owned.flat().sort(), [...units].sort(), "each partition has one owner");
      const { members: assigned } = await java.group(name);
      const derived = (unit: string) => {
        const [source, partition] = [
          unit.slice(0, unit.lastIndexOf("-")),
          unit.slice(unit.lastIndexOf("-") + 1),
        ];
        const topics = ["", ".retry.300ms", ".retry.600ms", ".replay"].map((kind) =>
          kind ? `.${name}${kind}` : "",
        );
        return topics.map((kind) => `${source}${kind}-${partition}`);
      };
      t.same(
        Object.values(assigned)
          .map((places) => [...places].sort().join(" "))
          .sort(),
        owned.map((each) => each.flatMap(derived).sort().join(" ")).sort(),
        "and with it the same partition of every derived topic",
      );
      return owned;
    };

    let sent = 0;
    const send = async (count: number) => {
      const note = (source: Topic<Note>, n: number) => f.note(source, { key: `k${n % 97}`, n });
      for (const source of sources)
        await f.send(Array.from({ length: count }, (_, i) => note(source, sent + i)));
      sent += count;
    };
    const done = () => calls.filter(({ n, attempt }) => n % 10 !== 0 || attempt === 3);

    await send(500);
    const first = await f.run(build("first"));
    await settledAmong([first]);
    const second = await f.run(build("second"));
    const [kept] = await settledAmong([first, second]);
    await send(500);
    const third = await f.run(build("third"));
    const [keptByFirst] = await settledAmong([first, second, third]);
    t.ok(
      keptByFirst?.every((unit) => kept?.includes(unit)),
      "a member gives away no more than it must",
    );
    await send(500);
    await first.stop();
    await settledAmong([second, third]);
    await send(500);
    await until(t, "all were handled", () => done().length >= sources.length * sent);
    t.equal(done().length, sources.length * sent, "none twice");
    t.equal(new Set(done().map(({ id }) => id)).size, sources.length * sent, "and none lost");
    const wrong: string[] = [];
    const newest = new Map<string, number>();
    for (const { id, key, n } of done()) {
      const place = `${id.slice(0, id.lastIndexOf("-"))} ${key}`;
      if (n < (newest.get(place) ?? -1)) wrong.push(`${place}: ${n} after ${newest.get(place)}`);
      newest.set(place, n);
    }
    t.same(wrong, [], "every key in order");
  },
);

t.test("partitions that were added, derived topics first, are read from their first record on", async (t) => {
  const f = await fleet(t, { ADMIN_TOKEN: TOKEN });
  const source = noteTopic(f.unique("growing"), 2);
  const seen: string[] = [];
  const build = () =>
    defineWorker({
      name: f.unique("grower"),
      reads: [from(source, Note)],
      retry: ["200ms"],
      handle(event, { id, attempt }) {
        seen.push(`${id.slice(source.name.length + 1)} ${attempt}`);
        if (event.text === "once" && attempt === 1) throw new Error("a sown failure");
      },
    });
  const worker = build();
  await f.prepare([source], [worker]);
  const at = (partition: number, n: number, text = "") => ({
    ...f.note(source, { key: "k", n, text }),
    partition,
  });
  await f.send([at(0, 0), at(1, 0)]);
  const before = await f.run(worker);
  await until(t, "the first are handled", () => seen.length === 2);
  const derived = ["retry.200ms", "replay", "dlq"].map((kind) => `${source.name}.${worker.name}.${kind}`);
  for (const topic of [...derived, source.name]) await f.broker.admin.addPartitions(topic, 4);
  await until(
    t,
    "the partitions have leaders",
    async () => (await f.broker.admin.offsets(source.name)).length === 4,
  );
  await java.produce([at(2, 0, "once"), at(2, 1), at(3, 0), at(0, 1)]);
  const after = await f.run(build());
  await until(t, "all were handled", () => seen.length >= 7);
  t.same([...seen].sort(), ["0-0 1", "0-1 1", "1-0 1", "2-0 1", "2-0 2", "2-1 1", "3-0 1"]);
  t.ok(seen.indexOf("2-0 2") < seen.indexOf("2-1 1"), "in the order of the key");
  await before.stop();
  await after.stop();
});

t.test(
  "members of two builds, each with delay topics that the other doesn't know, strand nothing",
  async (t) => {
    const f = await fleet(t, { ADMIN_TOKEN: TOKEN, SHUTDOWN_DEADLINE: "200ms" });
    const source = noteTopic(f.unique("mixed"), 4);
    const name = f.unique("builds");
    const { promise: allDelayed, resolve: goOn } = Promise.withResolvers<void>();
    const seen: { build: string; id: string; n: number }[] = [];
    const declare = (build: "older" | "newer", retry: readonly string[]) =>
      defineWorker({
        name,
        reads: [from(source, Note)],
        retry,
        async handle(event, { id, attempt, signal }) {
          if (event.n === 0 && attempt === 1) throw new Error("not yet");
          // However soon its time has come: the older build waits until all are delayed, the newer until it is abandoned.
          if (build === "older") await allDelayed;
          else await once(signal, "abort");
          seen.push({ build, id, n: event.n });
        },
      });
    const [older, newer] = [declare("older", ["1s"]), declare("newer", ["1500ms", "2s"])];
    await f.prepare([source], [older]);
    const first = await f.run(older);
    await until(t, "it owns all", async () => (await partitionsOf(first)).length === 4);
    // The next build is applied and rolled out while the former runs: that one has to learn of topics made since.
    await f.prepare([], [newer]);
    const second = await f.run(newer);
    await until(t, "both own some", async () => {
      const own = await Promise.all([first, second].map(partitionsOf));
      return own.every((each) => each.length === 2 && each.every(({ state }) => state === "running"));
    });
    const { members } = await java.group(name);
    const topics = ["retry.1s", "retry.1500ms", "retry.2s", "replay"].map(
      (kind) => `${source.name}.${name}.${kind}`,
    );
    for (const places of Object.values(members)) {
      const partitions = places
        .filter((place) => !place.includes("."))
        .map((place) => place.slice(source.name.length));
      t.equal(partitions.length, 2);
      t.same(
        [...places].sort(),
        [source.name, ...topics].flatMap((topic) => partitions.map((partition) => topic + partition)).sort(),
        "all topics of both builds, co-partitioned",
      );
    }
    const at = (partition: number, n: number) => ({ ...f.note(source, { key: "k", n }), partition });
    for (const n of [0, 1]) await f.send([0, 1, 2, 3].map((partition) => at(partition, n)));
    const delayed = async () =>
      (await Promise.all(topics.map((topic) => f.all(topic)))).map((records) => records.length);
    await until(t, "heads and followers lie in delay topics of both builds", async () => {
      const [oldest = 0, newest = 0] = await delayed();
      return oldest >= 4 && newest >= 4;
    });
    goOn();
    await second.stop();
    const ofOlder = () => seen.filter(({ build }) => build === "older");
    await until(t, "the older build runs what the newer delayed", () => ofOlder().length >= 8);
    t.equal(ofOlder().length, 8);
    for (const partition of [0, 1, 2, 3]) {
      const own = ofOlder().filter(({ id }) => id.startsWith(`${source.name}-${partition}-`));
      t.same(
        own.map(({ n }) => n),
        [0, 1],
        `order in partition ${partition}`,
      );
    }
  },
);
