import t from "tap";
import { topic } from "../../../workers/_runtime/event.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { bareFleet, fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test("the lag of a partition is on /metrics and in its status, also while nothing is taken", async (t) => {
  const f = await fleet(t, { ADMIN_TOKEN: "let-me-in-please-0123456789" });
  const source = noteTopic(f.unique("lag"), 2);
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const worker = defineWorker({
    name: f.unique("slow"),
    reads: [from(source, Note)],
    handle: () => gate,
  });
  await f.prepare([source], [worker]);
  await f.send(
    Array.from({ length: 30 }, (_, n) => ({ ...f.note(source, { key: "k", n }), partition: n % 3 ? 1 : 0 })),
  );
  const { health } = await f.run(worker);
  const lags = async () => {
    const metrics = await (await fetch(`${health.url}/metrics`)).text();
    return [...metrics.matchAll(/^boxoffice_lag\{.*partition="(\d)".*\} (\d+)$/gm)].map(
      ([, partition, lag]) => `${partition}: ${lag}`,
    );
  };
  await until(t, "both partitions' lags are told", async () => (await lags()).length === 2);
  t.same((await lags()).sort(), ["0: 10", "1: 20"]);
  const answer = await fetch(`${health.url}/partitions`, {
    headers: { authorization: "Bearer let-me-in-please-0123456789" },
  });
  const { partitions } = (await answer.json()) as { partitions: { partition: number; lag?: number }[] };
  t.same(
    partitions.sort((a, b) => a.partition - b.partition).map(({ lag }) => lag),
    [10, 20],
  );
  const drain = async () =>
    /^boxoffice_drain_seconds\{.*\} (\S+)$/m.exec(await (await fetch(`${health.url}/metrics`)).text())?.[1];
  await until(t, "it is told that nothing moves", async () => (await drain()) === "+Inf");
  release();
  await until(t, "the lag is gone", async () => (await lags()).sort().join() === "0: 0,1: 0");
  await until(t, "nothing is left to be got through", async () => (await drain()) === "0");
});

t.test("what is retried again and again grows older on /metrics, until it is through", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("old"), 1);
  let fails = true;
  const worker = defineWorker({
    name: f.unique("failing"),
    reads: [from(source, Note)],
    retry: Array.from({ length: 16 }, (_, n) => `${200 + n}ms`),
    handle() {
      if (fails) throw new Error("not yet");
    },
  });
  await f.prepare([source], [worker]);
  const { health } = await f.run(worker);
  await f.send([f.note(source, { key: "k", n: 0 })]);
  const look = async () => {
    const metrics = await (await fetch(`${health.url}/metrics`)).text();
    const [age, outstanding] = ["oldest_parked_seconds", "outstanding_records"].map((name) =>
      Number(new RegExp(`^boxoffice_${name}\\{.*\\} (\\S+)$`, "m").exec(metrics)?.[1]),
    );
    return { age: age ?? 0, outstanding: outstanding ?? 0 };
  };
  await until(t, "it is retried", async () => (await look()).age > 0);
  let last = 0;
  // Every observation of the next seconds, a dozen retries. On its way between two topics it counts for one more
  // (`oldest-failure.test.ts`), which a slow broker may outlast.
  await until(t, "it is some seconds old", async () => {
    const { age, outstanding } = await look();
    if (outstanding === 0) return false;
    if (age < last) t.fail(`it fell from ${last} to ${age} s`);
    last = age;
    return age >= 2;
  });
  fails = false;
  await until(t, "it is through", async () => (await look()).age === 0);
});

t.test("the event loop's delay is on /metrics", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("loop"), 1);
  const worker = defineWorker({ name: f.unique("any"), reads: [from(source, Note)], handle() {} });
  await f.prepare([source], [worker]);
  const { health } = await f.run(worker);
  t.match(await (await fetch(`${health.url}/metrics`)).text(), /^nodejs_eventloop_lag_p99_seconds\{/m);
});

t.test("a retry topic that is created while the worker runs is read without a restart", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("late"), 2);
  const name = f.unique("member");
  const seen: string[] = [];
  const build = (retry: readonly string[]) =>
    defineWorker({
      name,
      reads: [from(source, Note)],
      retry,
      handle: (event, { attempt }) => {
        seen.push(`${event.key} ${event.n} ${attempt}`);
      },
    });
  await f.prepare([source], [build(["100ms"])]);
  await f.run(build(["100ms"]));
  await f.send([f.note(source, { key: "a", n: 0 })]);
  await until(t, "it runs", () => seen.length === 1);
  // As another build with another ladder brings it; a copy lies in it before anybody joins.
  const writer = bareFleet(process.env);
  t.teardown(() => writer.close());
  await writer.prepare([topic({ ...source })], [build(["100ms", "5m"])]);
  const [copied] = await f.all(source.name);
  if (!copied) return t.fail("there is a record");
  await writer.send([
    {
      topic: `${source.name}.${name}.retry.5m`,
      partition: copied.partition,
      key: copied.key,
      value: copied.value,
      headers: [
        ["bo-id", Buffer.from(`${source.name}-${copied.partition}-${copied.offset}`)],
        ["bo-attempt", Buffer.from("2")],
        ["bo-due", Buffer.from(String(Date.now()))],
      ],
    },
  ]);
  await until(t, "it was read from the new topic", () => seen.includes("a 0 2"));
  await f.send([f.note(source, { key: "a", n: 1 })]);
  await until(t, "and the source goes on", () => seen.includes("a 1 1"));
  t.same(seen, ["a 0 1", "a 0 2", "a 1 1"], "nothing ran twice");
});
