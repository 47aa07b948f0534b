import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import t from "tap";
import type { Violation } from "../../../scripts/invariants/violation.ts";
import type { Report } from "../../../scripts/start/report.ts";
import { acceptedSeat, breakByHand, environmentOf, unnamed } from "./break-by-hand.ts";
import { launch } from "./launch.ts";

const LAUNCHER = resolve(import.meta.dirname, "../../../bin/boxoffice.js");
t.setTimeout(1_800_000);

const NO_ODDITIES = ["poison", "failing", "declined", "flaky", "lost", "cancel", "hang-up"].flatMap(
  (name) => [`--${name}`, "0"],
);

/** A small sale's requests. */
function requestsFile(folder: string, seconds: number): string {
  const file = join(folder, "few.ndjson");
  const plan = ["load", "--fans", "60", "--duration", `${seconds}s`, ...NO_ODDITIES, "--write", file];
  execFileSync(process.execPath, [LAUNCHER, ...plan], { stdio: "pipe" });
  return file;
}

t.test("boxoffice invariants names each invariant that is broken by hand in a running fleet", async (t) => {
  const folder = join(t.testdir(), "logs");
  const { child, ended, until, stdout, stderr } = launch(t, [
    "--requests",
    requestsFile(t.testdirName, 3),
    "--json",
    "--logs",
    folder,
  ]);
  await until("running until Ctrl-C");
  const report: Report = JSON.parse(stdout());
  t.equal(report.held, true, `${report.gaveUp}; ${JSON.stringify(report.violations)}; ${stderr()}`);
  const env = environmentOf(folder);
  const ledger = join(folder, "accepted.ndjson");
  const judge = () => {
    const args = [LAUNCHER, "invariants", "--ledger", ledger, "--json"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    const found: Violation[] = status === 0 || status === 1 ? JSON.parse(stdout).violations : [];
    return { status, stderr, found };
  };
  const sound = judge();
  t.equal(sound.status, 0, sound.stderr);
  t.same(sound.found, []);

  const broken = await breakByHand(env, ledger);
  const judged = judge();
  t.equal(judged.status, 1, judged.stderr);
  t.same(unnamed(judged.found, broken), []);
  child.kill("SIGINT");
  t.equal(await ended, 0, "the sale itself held");
});

t.test("start --once exits 1 and names each invariant that was broken while it ran", async (t) => {
  const folder = join(t.testdir(), "logs");
  const ledger = join(folder, "accepted.ndjson");
  // A pipe: the sale can't be over before it is closed, however long breaking takes.
  const pipe = join(t.testdirName, "requests");
  execFileSync("mkfifo", [pipe]);
  const { ended, until, stdout, stderr } = launch(t, [
    ...["--requests", pipe],
    ...["--once", "--json", "--settle", "10s"],
    ...["--logs", folder],
  ]);
  await until("goes on sale");
  const requests = await open(pipe, "w");
  await requests.write(readFileSync(requestsFile(t.testdirName, 3)));
  const env = environmentOf(folder);
  // Once somebody was charged, there is something to break.
  while (
    acceptedSeat(ledger) === undefined ||
    (await (await fetch(`${env.GATEWAY_ADMIN_URL}/ledger?kind=charge`)).text()) === ""
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  const broken = await breakByHand(env, ledger);
  await requests.close();
  t.equal(await ended, 1, stderr());
  const report: Report = JSON.parse(stdout());
  t.equal(report.held, false);
  t.same(unnamed(report.violations, broken), []);
});
