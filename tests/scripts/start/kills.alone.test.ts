import { setTimeout as wait } from "node:timers/promises";
import t from "tap";
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
  const { figures } = report;
  t.ok(figures.retried >= 50, `${figures.retried} retried`);
  t.ok(figures.parked >= 20, `${figures.parked} parked`);
  t.ok(figures.refunded >= 10, `${figures.refunded} refunded`);
  t.ok(figures.expired >= 20, `${figures.expired} expired`);
  t.ok(figures.cancelled >= 20, `${figures.cancelled} cancelled`);
  t.ok(figures.confirmed >= 500, `${figures.confirmed} confirmed`);
  const reasons = Object.entries(figures.letters).filter(([, count]) => count >= 20);
  t.ok(reasons.length >= 3, `dead letters: ${JSON.stringify(figures.letters)}`);
  t.equal(report.load.steps, 5_000);
  t.same(await left(), [], "nothing is left running");
});
