import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startGuard } from "../../../scripts/stack/guard.ts";
import { freePort } from "../../../scripts/stack/port.ts";
import { RESTART } from "../../../scripts/start/restart.ts";
import { type SupervisedNews, supervise } from "../../../scripts/start/supervise.ts";

const WORKER = `
  const { createServer } = await import("node:http");
  console.log("up", process.pid);
  createServer((_, response) => response.end()).listen(Number(process.env.PORT), "127.0.0.1");
`;

async function setUp(t: Test, script = WORKER, policy = { ...RESTART, firstDelayMs: 20 }) {
  const port = await freePort();
  const guard = startGuard(() => {});
  t.teardown(() => guard.end());
  const news: SupervisedNews[] = [];
  const logFile = join(t.testdir(), "worker.log");
  const spec = {
    name: "worker",
    command: process.execPath,
    args: ["--input-type=module", "-e", script],
    env: { PORT: String(port) },
    logFile,
    readyUrl: `http://127.0.0.1:${port}/`,
    restart: policy,
  };
  let wake = () => {};
  const supervised = supervise(spec, guard, (each) => {
    news.push(each);
    wake();
  });
  t.teardown(() => supervised.stop());
  const until = async (kind: SupervisedNews["is"], count: number) => {
    while (news.filter(({ is }) => is === kind).length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return { supervised, news, until, logFile, spec };
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

t.test("supervise() tells when the process answers, and ends it on stop()", async (t) => {
  const { supervised, news } = await setUp(t);
  await supervised.whenReady();
  const pid = supervised.pid ?? 0;
  t.ok(isAlive(pid));
  t.equal(supervised.ready, true);
  await supervised.stop();
  t.notOk(isAlive(pid));
  t.same(
    news.map(({ is }) => is),
    ["ready"],
    "being stopped is no death",
  );
  t.equal(supervised.uncleanEnds, 0);
});

t.test("supervise() starts a stopped process again when it is told to", async (t) => {
  const { supervised, until } = await setUp(t);
  await supervised.whenReady();
  await supervised.stop();
  t.equal(supervised.pid, undefined);
  supervised.start();
  await until("ready", 2);
  t.ok(supervised.pid !== undefined);
  t.equal(supervised.uncleanEnds, 0);
});

t.test("supervise() starts a killed process again, as another, on the same port", async (t) => {
  const { supervised, until } = await setUp(t);
  await supervised.whenReady();
  const first = supervised.pid ?? 0;
  process.kill(first, "SIGKILL");
  await until("died", 1);
  await until("ready", 2);
  t.ok(supervised.pid !== undefined && supervised.pid !== first);
  t.equal(supervised.uncleanEnds, 1);
  t.equal(supervised.ready, true);
});

t.test("supervise() gives up on what dies at each start and shows its last lines", async (t) => {
  const { supervised, news, until } = await setUp(t, 'console.error("no such setting"); process.exit(2)', {
    ...RESTART,
    firstDelayMs: 1,
    mostShortLives: 3,
  });
  await t.rejects(
    supervised.whenReady(),
    /Cannot keep worker alive: it died 3 times in a row \(exit code 2\):[\s\S]*no such setting/,
  );
  await until("given up", 1);
  t.same(
    news.map(({ is }) => is),
    ["died", "died", "given up"],
  );
  t.match(news.at(-1), { lastLines: /no such setting/ });
});

t.test("supervise() gives up on a command that can't be run", async (t) => {
  const { spec } = await setUp(t);
  const guard = startGuard(() => {});
  t.teardown(() => guard.end());
  const logFile = join(t.testdir(), "none.log");
  const policy = { ...RESTART, firstDelayMs: 1, mostShortLives: 2 };
  const none = supervise({ ...spec, command: "/no/such/command", logFile, restart: policy }, guard, () => {});
  await t.rejects(none.whenReady(), /no\/such\/command/);
});

t.test("supervise() kills what does not end on SIGTERM", async (t) => {
  const { supervised, spec } = await setUp(t);
  await supervised.stop();
  const guard = startGuard(() => {});
  t.teardown(() => guard.end());
  const args = ["--input-type=module", "-e", `process.on("SIGTERM", () => {});${WORKER}`];
  const stubborn = supervise({ ...spec, args, stopMs: 100 }, guard, () => {});
  await stubborn.whenReady();
  const pid = stubborn.pid ?? 0;
  await stubborn.stop();
  t.notOk(isAlive(pid));
});

t.test("supervise() leaves nothing running when its own process is killed with -9", async (t) => {
  const port = await freePort();
  const logFile = join(t.testdir(), "worker.log");
  const launcher: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, "supervise-launcher.ts")],
    {
      env: { ...process.env, PORT: String(port), LOG_FILE: logFile, SCRIPT: WORKER },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  t.teardown(() => launcher.kill("SIGKILL"));
  if (launcher.stdout) await once(launcher.stdout, "data");
  const pid = Number(/up (\d+)/.exec(readFileSync(logFile, "utf8"))?.[1]);
  t.ok(isAlive(pid));
  launcher.kill("SIGKILL");
  const deadline = Date.now() + 60_000;
  while (isAlive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  t.notOk(isAlive(pid));
});
