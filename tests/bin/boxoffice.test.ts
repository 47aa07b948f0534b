import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import t from "tap";
import { COMMANDS } from "../../workers/main.ts";
import { findTool, leaveOut } from "../left-out.ts";

const root = resolve(import.meta.dirname, "../..");
const launcher = join(root, "bin", "boxoffice.js");

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function call(words: readonly string[], node = process.execPath, file = launcher): Result {
  const { status, stdout, stderr } = spawnSync(node, [file, ...words], { encoding: "utf8" });
  return { status, stdout, stderr };
}

t.test("boxoffice --help lists every command, examples and exit codes", async (t) => {
  const { status, stdout, stderr } = call(["--help"]);
  t.equal(status, 0);
  t.equal(stderr, "");
  for (const [name, { summary }] of Object.entries(COMMANDS)) t.match(stdout, `  ${name}`, summary);
  t.match(stdout, /Examples:/);
  for (const code of ["0", "1", "2", "3", "70"]) t.match(stdout, new RegExp(`^  ${code} `, "m"));
});

t.test("boxoffice <command> --help names the command and has examples", async (t) => {
  for (const name of Object.keys(COMMANDS)) {
    const { status, stdout } = call([name, "--help"]);
    t.equal(status, 0, name);
    t.match(stdout, `Usage: boxoffice ${name}`);
    t.match(stdout, /^Examples?\b.*:/m, `${name} has examples`);
  }
});

t.test("boxoffice exits 2 on an unknown command with a suggestion, and without words", async (t) => {
  t.match(call(["stak"]), {
    status: 2,
    stdout: "",
    stderr: /unknown command 'stak'\n.*Did you mean stack\?/,
  });
  t.match(call([]), { status: 2, stdout: "", stderr: /Usage: boxoffice/ });
  t.match(call(["stack", "up", "--kafka-port", "x"]), { status: 2, stderr: /must be a port/ });
});

t.test("boxoffice exits 3 without a stack trace when something can't be reached", async (t) => {
  const { status, stderr } = spawnSync(process.execPath, [launcher, "stack", "up"], {
    encoding: "utf8",
    env: {
      ...process.env,
      REDIS_URL: "redis://127.0.0.1:1",
      KAFKA_BROKERS: "",
      SCHEMA_REGISTRY_URL: "",
      SMTP_URL: "",
    },
  });
  t.equal(status, 3);
  t.match(stderr, /^boxoffice: Cannot reach REDIS_URL=redis:\/\/127\.0\.0\.1:1: connect ECONNREFUSED.*\n$/);
});

t.test("boxoffice --version prints version, commit and Node", async (t) => {
  t.match(call(["--version"]).stdout, /^\d+\.\d+\.\d+( \([0-9a-f]{7,}\))? Node v26\./);
});

t.test("boxoffice survives a reader that goes away", async (t) => {
  const { status, stderr } = spawnSync(
    "/bin/sh",
    ["-c", `"$0" "$1" --help | true`, process.execPath, launcher],
    {
      encoding: "utf8",
    },
  );
  t.equal(status, 0);
  t.equal(stderr, "");
});

/** A Node from the outside: npm and tap put the project's own first. */
const inside = dirname(process.execPath);
const older = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules") && folder !== inside)
  .map((folder) => join(folder, "node"))
  .find((node) => /^v2[0-5]\./.test(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout ?? ""));

if (older === undefined) {
  leaveOut(t, "launch from an older Node", "no Node 20 to 25 outside the project in PATH");
} else {
  t.test("boxoffice launched by an older Node runs on the pinned one, without warnings", async (t) => {
    const { status, stdout, stderr } = call(["--version"], older);
    t.equal(status, 0);
    t.equal(stderr, "");
    t.match(stdout, /Node v26\./);
    t.equal(call(["stak"], older).status, 2, "exit codes are passed on");
  });

  t.test("boxoffice launched by an older Node without the pinned one names npm ci", async (t) => {
    const elsewhere = mkdtempSync(join(tmpdir(), "boxoffice-bin-"));
    t.teardown(() => rmSync(elsewhere, { recursive: true }));
    cpSync(launcher, join(elsewhere, "bin", "boxoffice.mjs"));
    const { status, stderr } = call(["--help"], older, join(elsewhere, "bin", "boxoffice.mjs"));
    t.equal(status, 3);
    t.match(stderr, /can't find the Node 26 that this project pins.*run npm ci/);
  });
}

t.test("findTool() finds what PATH holds and nothing else", async (t) => {
  t.type(findTool("sh"), "string");
  t.equal(findTool("no-such-command-here"), undefined);
});
