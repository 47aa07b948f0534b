import { once } from "node:events";
import t from "tap";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test(
  "over 1,000 keys followers run only after their head, other keys don't wait, nothing is early",
  async (t) => {
    const f = await fleet(t);
    const source = noteTopic(f.unique("many"));
    const failing = (key: string) => Number(key.slice(1)) % 4 === 0;
    // The last record of each partition. Retries end only when these and all keys without failures are through: did
    // anything of them wait for a retry, nothing would go on.
    const partitions = [0, 1, 2, 3];
    let othersLeft = 3_000 + partitions.length;
    const { promise: othersThrough, resolve: goOn } = Promise.withResolvers<void>();
    const starts: { key: string; n: number; attempt: number; at: number }[] = [];
    const worker = defineWorker({
      name: f.unique("parker"),
      reads: [from(source, Note)],
      retry: ["400ms"],
      // More than there are retries that wait.
      concurrency: 500,
      handle: (event, { attempt }) => {
        starts.push({ key: event.key, n: event.n, attempt, at: Date.now() });
        if (!failing(event.key) && --othersLeft === 0) goOn();
        if (!failing(event.key) || event.n > 0) return;
        if (attempt === 1) throw new Error("a sown failure");
        return othersThrough;
      },
    });
    await f.prepare([source], [worker]);
    const keys = Array.from({ length: 1_000 }, (_, i) => `k${i}`);
    for (let n = 0; n < 4; n++) await f.send(keys.map((key) => f.note(source, { key, n })));
    await f.send(
      partitions.map((partition) => ({
        ...f.note(source, { key: `end of ${partition}`, n: 0 }),
        partition,
      })),
    );
    await f.run(worker);
    await until(t, "all were handled", () => starts.length === 4_250 + partitions.length);
    const wrong: string[] = [];
    for (const key of keys) {
      const own = starts.filter((each) => each.key === key);
      const expected = failing(key) ? "0/1 0/2 1/1 2/1 3/1" : "0/1 1/1 2/1 3/1";
      const found = own.map(({ n, attempt }) => `${n}/${attempt}`).join(" ");
      if (found !== expected) wrong.push(`${key}: ${found}`);
      const [first, second] = own;
      if (failing(key) && first && second && second.at - first.at < 400)
        wrong.push(`${key}: early by ${400 - second.at + first.at} ms`);
    }
    t.same(wrong, []);
    const copies = await f.all(`${source.name}.${worker.name}.retry.400ms`);
    const parked = copies.map(({ headers }) => parseOurs(headers)).filter(({ stage }) => stage === "parked");
    t.equal(parked.length, 750);
    t.ok(
      parked.every(({ attempt }) => attempt === 1),
      "a parked record has used no attempt",
    );
  },
);

t.test("records that an earlier ladder delayed are run by the next build with another", async (t) => {
  const f = await fleet(t, { SHUTDOWN_DEADLINE: "200ms" });
  const source = noteTopic(f.unique("ladder"), 2);
  const name = f.unique("climber");
  const seen: string[] = [];
  let failingNow = true;
  const build = (retry: readonly string[]) =>
    defineWorker({
      name,
      reads: [from(source, Note)],
      retry,
      async handle(event, { attempt, signal }) {
        if (failingNow && attempt === 1) throw new Error("not yet");
        // However late its process is stopped: a retry that was due meanwhile is abandoned, not made.
        if (failingNow) await once(signal, "abort");
        else seen.push(`${event.key} ${event.n} ${attempt}`);
      },
    });
  const before = build(["700ms", "1h"]);
  const after = build(["50ms"]);
  await f.prepare([source], [before, after]);
  await f.send(["a", "b", "c"].flatMap((key) => [0, 1].map((n) => f.note(source, { key, n }))));
  const first = await f.run(before);
  await until(
    t,
    "heads and followers lie in the first delay topic",
    async () => (await f.all(`${source.name}.${name}.retry.700ms`)).length === 6,
  );
  await first.stop();
  failingNow = false;
  await f.run(after);
  await until(t, "all were handled", () => seen.length === 6);
  t.same([...seen].sort(), ["a 0 2", "a 1 1", "b 0 2", "b 1 1", "c 0 2", "c 1 1"]);
  for (const key of ["a", "b", "c"])
    t.ok(seen.indexOf(`${key} 0 2`) < seen.indexOf(`${key} 1 1`), `order of ${key}`);
});

t.test("beyond the memory for bodies read ahead, records are fetched again when due", async (t) => {
  const f = await fleet(t, { RETRY_MEMORY: "64KiB" });
  const source = noteTopic(f.unique("large"), 1);
  const worker = defineWorker({
    name: f.unique("frugal"),
    reads: [from(source, Note)],
    retry: ["1s"],
    handle: (event, { attempt }) => {
      if (attempt === 1 && event.n === 0) throw new Error("first");
      seen.push(`${event.key} ${event.n} ${event.text.length}`);
    },
  });
  const seen: string[] = [];
  await f.prepare([source], [worker]);
  const text = "x".repeat(2_000);
  for (let n = 0; n < 5; n++)
    await f.send(Array.from({ length: 40 }, (_, k) => f.note(source, { key: `k${k}`, n, text })));
  await f.run(worker);
  await until(t, "all were handled", () => seen.length === 200);
  for (let k = 0; k < 40; k++) {
    t.same(
      seen.filter((each) => each.startsWith(`k${k} `)),
      [0, 1, 2, 3, 4].map((n) => `k${k} ${n} 2000`),
    );
  }
});
