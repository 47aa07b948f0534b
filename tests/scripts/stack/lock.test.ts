import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { locked } from "../../../scripts/stack/lock.ts";

const folder = mkdtempSync(join(tmpdir(), "boxoffice-lock-"));
t.teardown(() => rmSync(folder, { recursive: true }));
const { signal } = new AbortController();

t.test("locked() lets one in at a time, and goes on after a failure", async (t) => {
  const lock = join(folder, "one");
  let inside = 0;
  const enter = (): Promise<void> =>
    locked(lock, signal, async () => {
      inside += 1;
      t.equal(inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
      throw new Error("inside");
    });
  await Promise.all([1, 2, 3].map(() => t.rejects(enter(), { message: "inside" })));
  t.notOk(existsSync(lock));
});

t.test("locked() takes over from a holder that died", async (t) => {
  const lock = join(folder, "dead");
  const { pid } = spawnSync("true");
  mkdirSync(lock);
  writeFileSync(join(lock, "pid"), String(pid));
  t.equal(await locked(lock, signal, async () => "in"), "in");
});

t.test("locked() takes over from a holder whose process id another process has by now", async (t) => {
  const lock = join(folder, "reused");
  mkdirSync(lock);
  writeFileSync(join(lock, "pid"), `${process.pid} long ago`);
  t.equal(await locked(lock, AbortSignal.timeout(60_000), async () => "in"), "in");
});

t.test(
  "locked() takes over from a holder that died before it said who it is, not from a new one",
  async (t) => {
    const lock = join(folder, "nameless");
    mkdirSync(lock);
    await t.rejects(
      locked(lock, AbortSignal.timeout(500), async () => "in"),
      { name: "AbortError" },
    );
    const past = Date.now() / 1000 - 60;
    utimesSync(lock, past, past);
    t.equal(await locked(lock, AbortSignal.timeout(60_000), async () => "in"), "in");
  },
);

t.test("locked() waits no longer than its signal", async (t) => {
  const lock = join(folder, "held");
  mkdirSync(lock);
  writeFileSync(join(lock, "pid"), String(process.pid));
  await t.rejects(
    locked(lock, AbortSignal.timeout(50), async () => "in"),
    { name: "AbortError" },
  );
});
