import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import t from "tap";
import { alive } from "../../scripts/stack/alive.ts";
import { isListening } from "../../scripts/stack/port.ts";
import { readState, type State } from "../../scripts/stack/state.ts";
import { type RunningCommand, runCommand, startCommand } from "../command.ts";
import { findTool, leaveOut } from "../left-out.ts";

const folder = mkdtempSync(join(tmpdir(), "boxoffice-stack-test-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** Each test remembers what runs in a file of its own. */
function stateFile(): string {
  count += 1;
  return join(folder, `${count}.json`);
}

/** The parts that start in a moment; the others are held by the same guard. */
const QUICK = ["--only", "redis,smtp"];

async function running(command: RunningCommand, file: string): Promise<State> {
  await command.said(/SMTP_CATCHER_URL/);
  const state = await readState(file);
  if (state === undefined) throw new Error(`no stack runs by ${file}`);
  return state;
}

/** Guards against what stays: on a busy machine the guard's shell takes a while to be through. */
const GRACE_MS = 60_000;

/** What is left of a stack, after some grace; none as soon as there is none. */
async function leftovers(state: State, file: string): Promise<string[]> {
  const end = Date.now() + GRACE_MS;
  for (;;) {
    const left = [
      ...(alive(state.pid) ? [`launcher ${state.pid}`] : []),
      ...state.services.flatMap(({ name, pid }) =>
        pid !== undefined && alive(pid) ? [`${name} ${pid}`] : [],
      ),
      ...(existsSync(state.folder) ? [state.folder] : []),
      ...(existsSync(file) ? [file] : []),
    ];
    for (const { name, port } of state.services)
      if (await isListening(port)) left.push(`${name} on port ${port}`);
    if (left.length === 0 || Date.now() > end) return left;
    await wait(50);
  }
}

t.test("stack up says what runs when it is called a second time; Ctrl-C leaves nothing", async (t) => {
  const file = stateFile();
  const first = startCommand(["stack", "up", ...QUICK, "--state", file]);
  const state = await running(first, file);
  t.same(
    state.services.map(({ name }) => name),
    ["redis", "smtp"],
  );

  const second = await runCommand(["stack", "up", ...QUICK, "--state", file, "--json"]);
  t.equal(second.code, 0);
  t.match(second.stderr, `runs already, since ${state.since}, held by process ${state.pid}`);
  t.same(JSON.parse(second.stdout), JSON.parse(JSON.stringify(state)), "the same processes");

  const status = await runCommand(["stack", "status", "--json", "--state", file]);
  t.equal(status.code, 0);
  t.match(JSON.parse(status.stdout), {
    running: true,
    services: [{ name: "redis", answers: true }, { answers: true }],
  });
  const env = await runCommand(["stack", "env", "--state", file]);
  t.match(env.stdout, `export REDIS_URL='${state.env.REDIS_URL}'\n`);
  const logs = await runCommand(["stack", "logs", "redis", "--state", file]);
  t.match(logs.stdout, "Ready to accept connections");
  t.match(await runCommand(["stack", "logs", "rediz", "--state", file]), {
    code: 2,
    stderr: /what runs is redis, smtp/,
  });

  first.child.kill("SIGINT");
  t.match(await first.result, { code: 0 });
  t.same(await leftovers(state, file), []);
  t.match(await runCommand(["stack", "status", "--state", file]), { code: 1, stdout: "no stack runs\n" });
});

t.test("stack up leaves nothing after kill -9 of its process", async (t) => {
  const file = stateFile();
  const command = startCommand(["stack", "up", ...QUICK, "--state", file]);
  const state = await running(command, file);
  command.child.kill("SIGKILL");
  t.same(await leftovers(state, file), []);
});

t.test("stack up leaves nothing after kill -9 of the npx that called it", async (t) => {
  const npx = findTool("npx");
  if (npx === undefined) return leaveOut(t, "kill -9 of npx", "npx is missing: install npm");
  const file = stateFile();
  const command = startCommand(["boxoffice", "stack", "up", ...QUICK, "--state", file], {}, [npx]);
  const state = await running(command, file);
  t.not(state.pid, command.child.pid);
  command.child.kill("SIGKILL");
  t.same(await leftovers(state, file), []);
});

t.test("stack up --detach stays until stack down, which leaves nothing", async (t) => {
  const file = stateFile();
  const up = await runCommand(["stack", "up", ...QUICK, "--detach", "--json", "--state", file]);
  t.equal(up.code, 0, up.stderr);
  const state: State = JSON.parse(up.stdout);
  t.equal(alive(state.pid), true);
  const down = await runCommand(["stack", "down", "--state", file]);
  t.match(down, { code: 0, stdout: "stopped redis, smtp\n" });
  t.same(await leftovers(state, file), []);
  t.match(await runCommand(["stack", "down", "--json", "--state", file]), {
    code: 0,
    stdout: '{"stopped":[]}\n',
  });
});

t.test("stack up --detach passes on why it can't start", async (t) => {
  const file = stateFile();
  const up = startCommand(["stack", "up", ...QUICK, "--state", file]);
  const state = await running(up, file);
  const taken = String(state.services[0]?.port);
  const other = ["stack", "up", ...QUICK, "--redis-port", taken, "--state", stateFile()];
  const why = new RegExp(`Cannot use port ${taken}: something listens on it; give another with --redis-port`);
  t.match(await runCommand(other), { code: 2, stderr: why });
  t.match(await runCommand([...other, "--detach"]), { code: 3, stderr: why });
  up.child.kill("SIGTERM");
  await up.result;
  t.same(await leftovers(state, file), []);
});

t.test("stack up exits 2 naming the tool that is missing and how to get it", async (t) => {
  const none = join(folder, "none");
  const java = await runCommand(["stack", "up", "--state", stateFile()], {
    PATH: none,
    JAVA_HOME: "",
    BOXOFFICE_JVMS: none,
  });
  t.match(java, { code: 2, stderr: /Java 21 or newer is missing \(found: none\)\. Get it: .*install/ });
  const kept = (process.env.PATH ?? "").split(delimiter).filter((each) => !existsSync(join(each, "mvn")));
  const jvms = process.env.BOXOFFICE_JVMS ?? "/usr/lib/jvm";
  const env = {
    PATH: kept.join(delimiter),
    BOXOFFICE_CACHE: join(folder, "cache"),
    BOXOFFICE_JVMS: resolve(jvms),
  };
  const maven = await runCommand(["stack", "up", "--state", stateFile()], env);
  t.match(maven, { code: 2, stderr: /Maven \(mvn\) is missing from PATH\. Get it: .*install maven/ });
});

t.test("stack up and status name a part that ended", async (t) => {
  const file = stateFile();
  const up = startCommand(["stack", "up", ...QUICK, "--state", file]);
  const state = await running(up, file);
  const redis = state.services.find(({ name }) => name === "redis");
  if (redis?.pid === undefined) throw new Error("redis doesn't run");
  process.kill(redis.pid, "SIGKILL");
  while (await isListening(redis.port)) await wait(20);
  const status = await runCommand(["stack", "status", "--json", "--state", file]);
  t.equal(status.code, 1);
  t.match(JSON.parse(status.stdout), { running: true, services: [{ answers: false }, { answers: true }] });
  await up.complained(`redis ended; its log: ${redis.logFile}\n`);
  up.child.kill("SIGTERM");
  t.match(await up.result, { code: 0 });
  t.same(await leftovers(state, file), []);
});

t.test("stack up takes only services that there are", async (t) => {
  const { code, stderr } = await runCommand([
    "stack",
    "up",
    "--only",
    "redis,kafcat",
    "--state",
    stateFile(),
  ]);
  t.equal(code, 2);
  t.match(stderr, "Cannot start 'kafcat' as --only takes kafka, registry, redis, smtp");
});
