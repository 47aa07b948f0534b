import t from "tap";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from, Permanent } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test("a failed head is retried, its followers wait behind it, other keys don't", async (t) => {
  const f = await fleet(t);
  const topic = noteTopic(f.unique("orders"));
  const seen: { key: string; n: number; attempt: number }[] = [];
  const isFailing = (key: string) => Number(key.slice(1)) < 50;
  // The third attempts end only when the others are through: did these wait for them, nothing would go on.
  const { promise: othersThrough, resolve: goOn } = Promise.withResolvers<void>();
  const worker = defineWorker({
    name: f.unique("orderly"),
    reads: [from(topic, Note)],
    concurrency: 64,
    retry: ["300ms", "600ms"],
    handle: async (event, { attempt }) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      if (attempt === 3) await othersThrough;
      seen.push({ key: event.key, n: event.n, attempt });
      if (seen.filter(({ key }) => !isFailing(key)).length === 500) goOn();
      if (event.text === "fails twice" && attempt <= 2) throw new Error("not yet");
      if (event.text === "poison") throw new Permanent("never");
    },
  });
  await f.prepare([topic], [worker]);
  await f.send(
    Array.from({ length: 100 }, (_, key) =>
      Array.from({ length: 10 }, (_, n) =>
        f.note(topic, {
          key: `k${key}`,
          n,
          text: n === 0 && isFailing(`k${key}`) ? "fails twice" : n === 5 && key === 7 ? "poison" : "",
        }),
      ),
    ).flat(),
  );
  await f.run(worker);
  const final = () => seen.filter(({ n, key, attempt }) => !(n === 0 && isFailing(key)) || attempt === 3);
  await until(t, "all were handled", () => final().length >= 1000);
  t.equal(final().length, 1000);
  for (let key = 0; key < 100; key++) {
    const ns = final()
      .filter((each) => each.key === `k${key}`)
      .map(({ n }) => n);
    t.same(ns, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], `order of k${key}`);
  }
  const dlq = await until(
    t,
    "the letter is there",
    async () => (await f.all(`${topic.name}.${worker.name}.dlq`)).length === 1,
  ).then(() => f.all(`${topic.name}.${worker.name}.dlq`));
  t.match(parseOurs(dlq[0]?.headers ?? []), {
    stage: "handle",
    error: "Permanent",
    reason: "never",
    attempt: 1,
  });
});
