import { setTimeout as wait } from "node:timers/promises";
import t from "tap";
import { shortOf } from "../../../scripts/start/enough.ts";
import type { Report } from "../../../scripts/start/report.ts";
import { launch } from "./launch.ts";

const PARTS = [
  "run payment",
  "run settlement",
  "run intake",
  "run expiry",
  "run notification",
  "run replayer",
  "run console",
  "gateway --port",
];
const BETWEEN_MS = 2_500;

t.setTimeout(3_600_000);

t.test("boxoffice start --once holds every invariant over kill -9 of each of its parts", async (t) => {
  const { child, until, pids, ended, stdout, stderr, left } = launch(t, ["--once", "--json"]);
  await until("goes on sale");
  for (const part of PARTS) {
    await wait(BETWEEN_MS);
    const [pid] = pids(part);
    t.ok(pid !== undefined && pid !== child.pid, `${part} runs`);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }
  t.equal(await ended, 0, stderr());
  const report: Report = JSON.parse(stdout());
  t.same(report.violations, []);
  t.same(report.unchecked, []);
  t.same(report.restarts, {
    console: 1,
    expiry: 1,
    intake: 1,
    notification: 1,
    payment: 1,
    replayer: 1,
    settlement: 1,
  });
  // Enough of everything, however slow the machine is: it goes on until then.
  t.same(report.short, [], JSON.stringify(report.figures));
  t.same(shortOf(report.figures), []);
  t.equal(report.load.steps, 5_000);
  t.same(await left(), [], "nothing is left running");
});
