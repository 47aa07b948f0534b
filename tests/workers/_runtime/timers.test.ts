import { randomBytes } from "node:crypto";
import { pino } from "pino";
import t, { type Test } from "tap";
import { createTimers, type Timers } from "../../../workers/_runtime/mod.ts";
import { until } from "../../_support/fleet.ts";

const log = pino({ level: "silent" });
const url = process.env.REDIS_URL ?? "";

interface Due {
  readonly what: string;
  readonly at: number;
}

function names(t: Test, concurrency = 32) {
  const name = `test-${randomBytes(6).toString("hex")}`;
  return async (onDue?: (due: Due) => Promise<void>): Promise<Timers<Due>> => {
    const timers = await createTimers<Due>({ url, name, log, concurrency, waitMs: 60_000 }, onDue);
    t.teardown(() => timers.close());
    return timers;
  };
}

t.test("createTimers() calls back each timer once, never early, those in the past at once", async (t) => {
  const timers = names(t);
  const done = new Map<string, number>();
  const early: string[] = [];
  const scheduling = await timers();
  const now = Date.now();
  const all = Array.from({ length: 700 }, (_, n) => ({ what: `id:${n}`, at: now - 500 + n * 5 }));
  const jobs = all.map((data) => ({ id: data.what, at: data.at, data }));
  await scheduling.schedule(jobs);
  await scheduling.schedule(jobs);
  // Only now: all of them wait still when they are scheduled again, however long that takes.
  await timers(async ({ what, at }) => {
    if (Date.now() < at) early.push(what);
    done.set(what, (done.get(what) ?? 0) + 1);
  });
  await until(t, "all are due", () => done.size === 700);
  t.strictSame(early, []);
  const twice = [...done].filter(([, count]) => count > 1);
  t.strictSame(twice, [], "what still waited was not scheduled twice");
});

t.test("createTimers() calls again when the callback failed", async (t) => {
  const timers = names(t);
  let calls = 0;
  const scheduling = await timers(async () => {
    calls++;
    if (calls < 3) throw new Error("Kafka is away");
  });
  await scheduling.schedule([{ id: "a", at: 0, data: { what: "a", at: 0 } }]);
  await until(t, "it worked", () => calls === 3);
});

t.test("cancel() takes a waiting timer off, and unknown ones are fine", async (t) => {
  const timers = names(t);
  const done: string[] = [];
  const scheduling = await timers();
  const at = Date.now() + 300;
  await scheduling.schedule(["a", "b"].map((what) => ({ id: what, at, data: { what, at } })));
  await scheduling.cancel("a");
  await scheduling.cancel("nobody");
  // Only now: it waits still when it is taken off, however long that takes.
  await timers(async ({ what }) => void done.push(what));
  await until(t, "the other is due", () => done.length > 0);
  t.strictSame(done, ["b"]);
});

t.test("close() waits for what is being handled; the next process has the rest", async (t) => {
  const timers = names(t, 1);
  const started: string[] = [];
  const ended: string[] = [];
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const first = await timers(async ({ what }) => {
    started.push(what);
    await mayEnd;
    ended.push(what);
  });
  await first.schedule(["now", "later"].map((what) => ({ id: what, at: 0, data: { what, at: 0 } })));
  await until(t, "the first has begun", () => started.length === 1);
  const closing = first.close();
  end();
  await closing;
  t.strictSame(ended, ["now"]);
  await timers(async ({ what }) => void ended.push(what));
  await until(t, "the second is due", () => ended.length === 2);
  t.strictSame(ended, ["now", "later"]);
});

t.test("schedule() fails with Unavailable when Redis is away", async (t) => {
  const timers = await createTimers<Due>({ url: "redis://127.0.0.1:1", name: "n", log, waitMs: 50 });
  t.teardown(() => timers.close());
  await t.rejects(timers.schedule([{ id: "a", at: 0, data: { what: "a", at: 0 } }]), {
    name: "Unavailable",
    dependency: "redis",
  });
});
