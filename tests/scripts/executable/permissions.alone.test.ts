import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { bundleProgram } from "../../../scripts/build/bundle.ts";
import { makeExecutable } from "../../../scripts/build/executable.ts";
import { nodeOptions } from "../../../scripts/build/grants.ts";
import { permissionsFor } from "../../../scripts/executable/permissions.ts";
import { call, root, scratchFolder } from "../../_support/executable.ts";
import { leafCommands } from "../../_support/leaf-commands.ts";

/** What each process is refused, tried in it: the shipped entry with another program behind it. */

const folder = scratchFolder(t);
const probe = join(folder, "probe");
const program = await bundleProgram({ root, commit: undefined });
const scratch = join(folder, "scratch");
mkdirSync(scratch);
makeExecutable(
  {
    program: {
      entry: program.entry,
      chunks: new Map([["main.js", readFileSync(join(import.meta.dirname, "probe.cjs"), "utf8")]]),
    },
    carried: {},
    node: process.execPath,
    base: process.execPath,
    nodeOptions: nodeOptions(),
    compile: false,
    strip: false,
  },
  { scratch, output: probe },
);

const server = createServer((socket) => socket.destroy());
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
t.teardown(() => server.close());
const address = server.address();
const port = typeof address === "object" && address ? String(address.port) : "";

const DENIED = "ERR_ACCESS_DENIED";

async function tried(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const place = mkdtempSync(join(folder, "p"));
  writeFileSync(join(place, "file"), "secret");
  const { stdout, stderr } = await call(probe, args, {
    ...{ PROBE_TARGET: join(place, "file"), PROBE_FOLDER: place, PROBE_PORT: port },
    ...env,
  });
  if (!stdout.startsWith("{")) throw new Error(`no answer to '${args.join(" ")}': ${stderr}`);
  const found: Readonly<Record<string, string>> = JSON.parse(stdout);
  return found;
}

/** What no command may do, and what Node says then. */
const NEVER = {
  ...{ worker: DENIED, inspector: DENIED, addon: "ERR_DLOPEN_DISABLED", wasi: DENIED, ffi: DENIED },
  ...{ binding: DENIED, hooks: DENIED, engine: "ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED" },
};

t.test("each command may do what its row says, and everything else is refused", async (t) => {
  for (const leaf of await leafCommands()) {
    const args = leaf.split(" ");
    const { read = false, write = false, child = false } = permissionsFor(args);
    const found = await tried(args);
    // Without a variable that names a file a command that reads secrets has none to read.
    const reads = read === true || read === "start";
    const may = (allowed: boolean) => (allowed ? "allowed" : DENIED);
    t.match(
      found,
      {
        ...{ read: may(reads), list: may(reads), write: may(write), child: may(child), socket: "allowed" },
        ...{ heapLimit: may(write), ...(!reads && { code: DENIED }) },
        ...NEVER,
      },
      leaf,
    );
    t.match(found.flags, /gave up changing/, `${leaf}: V8's flags`);
    t.not(found.sqlite, "allowed", `${leaf}: a database opens files by itself`);
    if (!write)
      t.same(
        [found.snapshot, found.report, found.trace, found.remove, found.link].includes("allowed"),
        false,
        leaf,
      );
  }
});

t.test(
  "a command that reads secrets may read while the environment names a file, and no longer",
  async (t) => {
    t.match(await tried(["topics", "plan"], { REDIS_URL_FILE: "/run/secrets/redis" }), {
      read: "allowed",
      write: DENIED,
    });
    t.match(await tried(["topics", "plan"], { REDIS_URL_FILE: "" }), { read: DENIED });
    t.match(
      await tried(["topics", "plan"], { SSL_CERT_FILE: "/etc/ssl/cert.pem" }),
      { read: DENIED },
      "not ours",
    );
  },
);

t.test("help, and what is no command, may do nothing", async (t) => {
  for (const args of [["--help"], ["start", "--help"], ["no-such-command"], []])
    t.match(
      await tried(args),
      { read: DENIED, write: DENIED, child: DENIED, worker: DENIED },
      args.join(" "),
    );
});

t.test("a process can't be replaced by another program", async (t) => {
  t.equal((await tried(["dlq", "groups", "--exec"])).exec, DENIED);
});

t.test("the signal that opens any Node's inspector opens none", async (t) => {
  for (const command of [["dlq", "groups"], ["start"]])
    t.equal((await tried([...command, "--debugger"])).debugger, "no inspector", command.join(" "));
});

t.test("NODE_OPTIONS widens nothing", async (t) => {
  const place = mkdtempSync(join(folder, "n"));
  writeFileSync(
    join(place, "hook.cjs"),
    `require("fs").writeFileSync(${JSON.stringify(join(place, "hooked"))}, "x")`,
  );
  for (const option of [
    "--allow-fs-write=*",
    "--allow-child-process",
    "--allow-worker",
    "--no-permission",
    "--inspect=0",
    `--require=${join(place, "hook.cjs")}`,
  ]) {
    const found = await tried(["dlq", "groups"], { NODE_OPTIONS: option });
    t.match(found, { read: DENIED, write: DENIED, child: DENIED, worker: DENIED, inspector: DENIED }, option);
  }
  t.throws(() => readFileSync(join(place, "hooked")), { code: "ENOENT" }, "nothing was loaded before");
});
