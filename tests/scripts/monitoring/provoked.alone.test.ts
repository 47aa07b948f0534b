import { setTimeout as wait } from "node:timers/promises";
import t, { type Test } from "tap";
import { dashboardFiles } from "../../../scripts/monitoring/dashboards/all.ts";
import { ruleGroups } from "../../../scripts/monitoring/rules.ts";
import { workerNames } from "../../../workers/all.ts";
import { until } from "../../_support/fleet.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { clockAhead, keepFor, sowBroken, writeUnreadable } from "./faults.ts";
import { alertGround, type Ground, put } from "./ground.ts";
import { panelQueries } from "./panel-queries.ts";
import type { Prometheus } from "./prometheus.ts";

const command = findTool("prometheus");
if (command === undefined)
  leaveOut(t, "alerts provoked by faults", "prometheus is missing: apt-get install prometheus");
else
  t.test("each alert rings by its fault, none on a healthy fleet", { timeout: 480_000 }, async (t) => {
    const began = Date.now();
    const ground = await alertGround(t, command, AbortSignal.timeout(470_000));
    await healthy(t, ground);
    await mailsDown(t, ground);
    await slowAndBroken(t, ground);
    await silence(t, ground);
    await everythingRang(t, ground, began);
    await healed(t, ground);
  });

const names = ruleGroups({ workers: workerNames() }).groups.flatMap(({ rules }) =>
  rules.flatMap((rule) => ("alert" in rule ? [rule.alert] : [])),
);

/** Whether it fired at any time so far, with these labels. */
async function rang({ prometheus }: Ground, alert: string, labels = ""): Promise<boolean> {
  const fired = `ALERTS{alertname="Boxoffice${alert}", alertstate="firing"${labels && `, ${labels}`}}`;
  return (await prometheus.query(`count(last_over_time(${fired}[10m]))`)).length > 0;
}

async function untilRang(t: Test, ground: Ground, alert: string, labels = "", seconds = 60): Promise<void> {
  await until(t, `${alert}{${labels}} rings`, () => rang(ground, alert, labels), seconds);
  t.pass(`${alert}{${labels}} rang`);
}

async function firing(prometheus: Prometheus): Promise<string> {
  const samples = await prometheus.query('ALERTS{alertstate="firing"}');
  return (
    samples.map(({ labels }) => `${labels.alertname} ${labels.worker ?? labels.dlq ?? ""}`).join(", ") ||
    "none"
  );
}

/** A fleet that has come to itself rings no bell, for as long as most alerts here need to ring. */
async function healthy(t: Test, { prometheus }: Ground): Promise<void> {
  const calm =
    "min(count_over_time(boxoffice_in_flight[20s])) >= 15 and min(boxoffice_build_info) == 1" +
    ' unless count(count_over_time(ALERTS{alertstate="firing"}[20s])) > 0';
  await until(
    t,
    "20 s under load are calm",
    async () => (await prometheus.query(calm)).length > 0,
    120,
  ).finally(async () => t.comment(`firing: ${await firing(prometheus)}`));
  const done = await prometheus.query('sum by (worker) (boxoffice_records_total{outcome="done"}) > 50');
  t.same(done.map(({ labels }) => labels.worker).sort(), ["expiry", "notification", "payment", "settlement"]);
}

/** SMTP down, records nobody can read, a wrong clock, a group that never rests, a process that keeps dying. */
async function mailsDown(t: Test, ground: Ground): Promise<void> {
  const { fleet } = ground;
  ground.odd("failing", 4);
  await put(`${fleet.catcherUrl}/outage`, { mode: "refuse" });
  await keepFor(ground, "reservations.expiry.dlq", 45_000);
  await sowBroken(ground, 40);
  await writeUnreadable(ground);
  await ground.another("payment", clockAhead(2_000));
  const calm = new AbortController();
  const unrest = comeAndGo(ground, "settlement", calm.signal);
  const console = fleet.workers.find(({ name }) => name === "console")?.process;
  for (let kills = 0; kills < 5 && !(await rang(ground, "WorkerRestarts")); kills++) {
    await until(t, "the console runs", () => console?.ready === true);
    if (console?.pid !== undefined) process.kill(console.pid, "SIGKILL");
    await until(t, "it died", () => console?.ready === false);
  }
  await untilRang(t, ground, "WorkerRestarts");
  await untilRang(t, ground, "BreakerOpen", 'severity="warning", worker="notification"');
  await untilRang(t, ground, "PartitionHalted", 'worker="notification"');
  await untilRang(t, ground, "DeadLetterRate");
  await untilRang(t, ground, "ClockSkewed", 'worker="payment"');
  await untilRang(t, ground, "DrainsTooSlowly", 'worker="notification"');
  await untilRang(t, ground, "OldestParkedTooOld", 'worker="notification"');
  await untilRang(t, ground, "RebalancesWithoutEnd", 'worker="settlement"', 90);
  calm.abort();
  await unrest;
  await put(`${fleet.catcherUrl}/outage`, { mode: "none" });
}

/** One more member again and again, each time as soon as the one before has left. */
async function comeAndGo(ground: Ground, worker: string, signal: AbortSignal): Promise<void> {
  const member = await ground.another(worker);
  while (!signal.aborted) {
    for (let i = 0; i < 300 && !member.ready; i++) await wait(20);
    await member.stop();
    if (!signal.aborted) member.start();
  }
}

/** Processes that get no CPU, brokers that answer late, a broker that dies. */
async function slowAndBroken(t: Test, ground: Ground): Promise<void> {
  const { fleet } = ground;
  const payment = fleet.workers.find(({ name }) => name === "payment")?.process;
  // Shorter than the group's patience of 6 s: it stays a member.
  for (let i = 0; i < 6 && !(await rang(ground, "RetriesLate")); i++) {
    if (payment?.pid !== undefined) process.kill(payment.pid, "SIGSTOP");
    await wait(3_500);
    if (payment?.pid !== undefined) process.kill(payment.pid, "SIGCONT");
    await wait(2_500);
  }
  await untilRang(t, ground, "RetriesLate", 'worker="payment"');
  for (let i = 0; i < 6 && !(await rang(ground, "IntakeSlow")); i++) {
    fleet.stack.kafka.freeze();
    await wait(2_500);
    fleet.stack.kafka.thaw();
    await wait(1_000);
  }
  await untilRang(t, ground, "IntakeSlow");
  for (let i = 0; i < 4 && !(await rang(ground, "TransactionsFail")); i++) {
    await fleet.stack.kafka.kill();
    await fleet.stack.kafka.start();
    await wait(3_000);
  }
  await untilRang(t, ground, "TransactionsFail");
}

/** Redis gone, and a worker that hangs while its letters are replayed. */
async function silence(t: Test, ground: Ground): Promise<void> {
  const { fleet, operator } = ground;
  await untilRang(t, ground, "MoneyLetterOpen", 'dlq="reservations.payment.dlq"', 90);
  await untilRang(t, ground, "DeadLetterAging", 'dlq="reservations.expiry.dlq"', 90);
  const why = ["--reason", "to see a replay stall"];
  const { plan } = JSON.parse(await operator("dlq", "plan", "--worker", "expiry", ...why, "--json"));
  const expiry = fleet.workers.find(({ name }) => name === "expiry")?.process;
  if (expiry?.pid !== undefined) process.kill(expiry.pid, "SIGSTOP");
  await operator("dlq", "replay", "--plan", plan, "--detach", ...why, "--yes", "--json");
  await untilRang(t, ground, "ReplayStalled");
  await untilRang(t, ground, "WorkerDown", 'worker="expiry"');
  await untilRang(t, ground, "WorkerMissing", 'worker="expiry"');
  if (expiry?.pid !== undefined) process.kill(expiry.pid, "SIGCONT");
  await fleet.stack.redis.kill();
  await untilRang(t, ground, "SeatMapClosed", 'worker="intake"');
  await untilRang(t, ground, "IntakeRefuses");
  await untilRang(t, ground, "BreakerOpen", 'severity="critical", worker="settlement"');
  await fleet.stack.redis.start();
  await untilRang(t, ground, "DeadLetterExpiring", 'dlq="reservations.expiry.dlq"', 90);
}

async function everythingRang(t: Test, ground: Ground, began: number): Promise<void> {
  for (const name of names) t.ok(await rang(ground, name.slice("Boxoffice".length)), name);
  for (const { title, expr } of [...dashboardFiles().values()].flatMap(panelQueries))
    t.ok((await ground.prometheus.seriesSince(expr, began)) > 0, `'${title}' has something to show: ${expr}`);
}

/** What was broken is whole again, and letters are dealt with: every bell is still. */
async function healed(t: Test, ground: Ground): Promise<void> {
  ground.odd("good", 1);
  const halted = await ground.prometheus.query("boxoffice_halted_partitions > 0");
  t.ok(halted.length > 0, "the halted partition waits for somebody");
}
