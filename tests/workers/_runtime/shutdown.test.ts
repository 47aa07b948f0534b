import { EventEmitter, once } from "node:events";
import { pino } from "pino";
import t from "tap";
import { createReleases } from "../../../workers/_runtime/releases.ts";
import { onShutdown } from "../../../workers/_runtime/shutdown.ts";

const log = pino({ level: "silent" });

/** Stands for `process`: has its events, and remembers how it was told to exit. */
function target() {
  const emitter = new EventEmitter();
  const exits: number[] = [];
  return Object.assign(emitter, {
    exits,
    exit(code: number) {
      exits.push(code);
      emitter.emit("exit");
    },
  });
}

t.test("onShutdown() stops once and exits 0", async (t) => {
  const process = target();
  const stopped: string[] = [];
  const off = onShutdown(process, { deadlineMs: 10_000, log }, async (signal) => void stopped.push(signal));
  process.emit("SIGTERM", "SIGTERM");
  await once(process, "exit");
  t.same(stopped, ["SIGTERM"]);
  t.same(process.exits, [0]);
  off();
  t.equal(process.eventNames().length, 0);
});

t.test("onShutdown() exits 1 at once on a second signal", async (t) => {
  const process = target();
  let stops = 0;
  const off = onShutdown(process, { deadlineMs: 10_000, log }, () => {
    stops += 1;
    return new Promise(() => {});
  });
  t.teardown(off);
  process.emit("SIGINT", "SIGINT");
  process.emit("SIGTERM", "SIGTERM");
  t.same(process.exits, [1]);
  t.equal(stops, 1);
});

t.test("onShutdown() exits 1 when stop fails or outlives the deadline", async (t) => {
  const failing = target();
  t.teardown(onShutdown(failing, { deadlineMs: 10_000, log }, () => Promise.reject(new Error("no"))));
  failing.emit("SIGTERM", "SIGTERM");
  await once(failing, "exit");
  t.same(failing.exits, [1]);
  const hanging = target();
  t.teardown(onShutdown(hanging, { deadlineMs: 20, log }, () => new Promise(() => {})));
  hanging.emit("SIGTERM", "SIGTERM");
  await once(hanging, "exit");
  t.same(hanging.exits, [1]);
});

t.test("onShutdown() exits 70 on what nobody caught", async (t) => {
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    const process = target();
    t.teardown(onShutdown(process, { deadlineMs: 10_000, log }, async () => {}));
    process.emit(event, new Error("bug"));
    t.same(process.exits, [70], event);
  }
});

t.test("onShutdown() takes the real process", async (t) => {
  const before = process.listenerCount("SIGTERM");
  const off = onShutdown(process, { deadlineMs: 10_000, log }, async () => {});
  t.equal(process.listenerCount("SIGTERM"), before + 1);
  off();
  t.equal(process.listenerCount("SIGTERM"), before);
});

t.test("Releases.run() lets go in reverse order and past what fails or hangs", async (t) => {
  const releases = createReleases(log);
  const order: string[] = [];
  releases.push("first", () => void order.push("first"));
  releases.push("hangs", () => new Promise(() => {}));
  releases.push("fails", () => {
    order.push("fails");
    throw new Error("no");
  });
  releases.push("last", async () => void order.push("last"));
  await Promise.all([releases.run(20), releases.run(20)]);
  t.same(order, ["last", "fails", "first"]);
});
