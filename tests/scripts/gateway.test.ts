import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { z } from "zod";
import { call, gatewayFor, ORDER } from "./gateway/client.ts";

const BOXOFFICE = fileURLToPath(new URL("../../bin/boxoffice.js", import.meta.url));

function start(t: Test, ...flags: string[]): ChildProcess {
  const child = spawn(process.execPath, [BOXOFFICE, "gateway", ...flags]);
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

const startLine = z.object({ url: z.string(), port: z.int(), adminUrl: z.string(), entries: z.int() });

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("Cannot read a child without stdout");
  const [line] = await once(createInterface(child.stdout), "line");
  return z.string().parse(line);
}

t.test(
  "gateway --json prints its addresses, survives kill -9 by its ledger, exits 0 at SIGTERM",
  async (t) => {
    const ledger = join(t.testdir(), "ledger.ndjson");
    const flags = ["--port", "0", "--ledger", ledger, "--seed", "7", "--json"];
    const first = start(t, ...flags);
    const before = startLine.parse(JSON.parse(await firstLine(first)));
    t.equal(before.entries, 0);
    const charged = await call(before.url, "/charges", { key: "r-1:charge", body: ORDER });
    t.equal(charged.status, 201);
    first.kill("SIGKILL");
    await once(first, "exit");

    const second = start(t, ...flags);
    const after = startLine.parse(JSON.parse(await firstLine(second)));
    t.equal(after.entries, 1);
    t.same((await call(after.url, "/charges", { key: "r-1:charge", body: ORDER })).body, charged.body);
    t.match((await call(after.adminUrl, "/stats", { method: "GET" })).body, { charges: 1 });
    second.kill("SIGTERM");
    t.same(await once(second, "exit"), [0, null]);
  },
);

t.test("gateway hands its flags on as faults", async (t) => {
  const child = start(
    t,
    ...["--port", "0", "--json", "--latency", "2ms", "--latency-p99", "9ms"],
    ...[
      "--decline",
      "0.1",
      "--error-before",
      "0.2",
      "--lost",
      "0.05",
      "--slowdown",
      "1.5",
      "--stall-time",
      "3s",
    ],
  );
  const { adminUrl } = startLine.parse(JSON.parse(await firstLine(child)));
  t.match((await call(adminUrl, "/faults", { method: "GET" })).body, {
    ...{ latencyMs: 2, latencyP99Ms: 9, decline: 0.1, errorBefore: 0.2, lost: 0.05, slowdown: 1.5 },
    ...{ stallMs: 3000, dripMs: 50, hang: 0 },
  });
});

t.test("gateway exits 2 with a sentence for flags it can't take", async (t) => {
  const taken = await gatewayFor(t);
  const cases: [string[], RegExp][] = [
    [["--port", String(taken.port)], /Cannot start gateway: listen EADDRINUSE/],
    [["--admin-port", String(taken.port)], /Cannot start gateway: listen EADDRINUSE/],
    [["--port", "x"], /whole number/],
    [["--lost", "2"], /Cannot start gateway: Cannot set faults.*lost/s],
    [["--lost", "0.6", "--hang", "0.6"], /at most 1/],
    [["--latency", "20"], /must be like 500ms/],
    [["--ledger", join(t.testdir(), "no", "ledger")], /Cannot start gateway: ENOENT/],
  ];
  for (const [flags, sentence] of cases) {
    const child = start(t, "--port", "0", ...flags);
    let text = "";
    child.stderr?.on("data", (data: Buffer) => {
      text += data;
    });
    const [code] = await once(child, "close");
    t.equal(code, 2);
    t.match(text, sentence, flags.join(" "));
  }
});
