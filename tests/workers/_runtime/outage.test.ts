import t from "tap";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from, Unavailable } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

/** The breaker's: so many failures in a row open it, and so many may use an attempt. */
const THRESHOLD = 5;

for (const [name, failure] of [
  ["Unavailable", () => new Unavailable("gateway", "the gateway is away")],
  ["a refused connection", () => Object.assign(new Error("connect"), { code: "ECONNREFUSED" })],
] as const) {
  t.test(
    `an outage told by ${name} uses no attempts beyond the threshold and makes no dead letter`,
    async (t) => {
      const f = await fleet(t);
      const source = noteTopic(f.unique("outage"), 2);
      let away = true;
      let calls = 0;
      const done: { key: string; n: number; attempt: number }[] = [];
      const worker = defineWorker({
        name: f.unique("patient"),
        reads: [from(source, Note)],
        retry: ["100ms"],
        concurrency: 16,
        async handle(event, { attempt }) {
          calls++;
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (away) throw failure();
          done.push({ key: event.key, n: event.n, attempt });
        },
      });
      await f.prepare([source], [worker]);
      await f.send(Array.from({ length: 300 }, (_, i) => f.note(source, { key: `k${i % 50}`, n: i })));
      const { health } = await f.run(worker);
      await until(t, "the breaker is open", async () =>
        /boxoffice_breaker_open\S* 1\b/.test(await (await fetch(`${health.url}/metrics`)).text()),
      );
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      t.ok(calls < 16 + 10, `while it is open hardly anything runs: ${calls} calls`);
      t.equal((await fetch(`${health.url}/livez`)).status, 200, "an open breaker is alive");
      away = false;
      await until(t, "all were handled after the outage", () => done.length === 300);
      for (let k = 0; k < 50; k++) {
        const ns = done.filter(({ key }) => key === `k${k}`).map(({ n }) => n);
        t.same(
          ns,
          [...ns].sort((a, b) => a - b),
          `order of k${k}`,
        );
      }
      const usedAttempts = done.reduce((sum, { attempt }) => sum + attempt - 1, 0);
      t.ok(usedAttempts <= THRESHOLD, `${usedAttempts} attempts used`);
      t.same(await f.all(`${source.name}.${worker.name}.dlq`), []);
    },
  );
}

t.test("an outage on the last attempt repeats the last delay", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("last"), 1);
  const attempts: number[] = [];
  const worker = defineWorker({
    name: f.unique("stubborn"),
    reads: [from(source, Note)],
    retry: ["100ms"],
    handle(_, { attempt }) {
      attempts.push(attempt);
      if (attempts.length < 4) throw new Unavailable("smtp", "busy");
    },
  });
  await f.prepare([source], [worker]);
  await f.send([f.note(source, { key: "k", n: 1 })]);
  await f.run(worker);
  await until(t, "it was handled", () => attempts.length === 4);
  t.same(attempts, [1, 2, 2, 2]);
  t.same(await f.all(`${source.name}.${worker.name}.dlq`), []);
});

t.test(
  "a record that alone times out on its last attempt is a dead letter, for others succeed meanwhile",
  async (t) => {
    const f = await fleet(t);
    const source = noteTopic(f.unique("slow"), 1);
    const worker = defineWorker({
      name: f.unique("timely"),
      reads: [from(source, Note)],
      retry: ["50ms"],
      timeout: "300ms",
      async handle(event, { signal }) {
        if (event.text !== "hangs") return;
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    });
    await f.prepare([source], [worker]);
    await f.send([f.note(source, { key: "slow", n: 0, text: "hangs" })]);
    await f.run(worker);
    let busy = true;
    t.teardown(() => {
      busy = false;
    });
    const others = (async () => {
      for (let n = 1; busy; n++) {
        await f.send([f.note(source, { key: "quick", n })]);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const dlq = `${source.name}.${worker.name}.dlq`;
    await until(t, "the letter is there", async () => (await f.all(dlq)).length === 1);
    busy = false;
    await others;
    const [letter] = await f.all(dlq);
    t.match(parseOurs(letter?.headers ?? []), { error: "TimedOut", attempt: 2, stage: "handle" });
  },
);

t.test("a handler that ignores its signal: its key stays still, others go on, /livez fails", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("stuck"), 1);
  const seen: string[] = [];
  let release: () => void = () => {};
  const worker = defineWorker({
    name: f.unique("deaf"),
    reads: [from(source, Note)],
    timeout: "200ms",
    async handle(event) {
      seen.push(`${event.key} ${event.n}`);
      if (event.text === "deaf") await new Promise<void>((resolve) => (release = resolve));
    },
  });
  await f.prepare([source], [worker]);
  await f.send([
    f.note(source, { key: "a", n: 0, text: "deaf" }),
    f.note(source, { key: "a", n: 1 }),
    f.note(source, { key: "b", n: 2 }),
  ]);
  const { health } = await f.run(worker);
  await until(t, "the other key was handled", () => seen.includes("b 2"));
  t.equal((await fetch(`${health.url}/livez`)).status, 200);
  await until(t, "/livez fails", async () => (await fetch(`${health.url}/livez`)).status === 503);
  t.match(await (await fetch(`${health.url}/livez`)).text(), /ignores its aborted signal/);
  t.same(seen, ["a 0", "b 2"], "nothing of its key started");
  release();
});
