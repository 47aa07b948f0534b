import { setTimeout as wait } from "node:timers/promises";
import t, { type Test } from "tap";
import { dashboardFiles } from "../../../scripts/monitoring/dashboards/all.ts";
import { ruleGroups } from "../../../scripts/monitoring/rules.ts";
import type { Supervised } from "../../../scripts/start/supervise.ts";
import { workerNames } from "../../../workers/all.ts";
import { until } from "../../_support/fleet.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { ageLetter, clockOff, fence, sowBroken, unrest, writeUnreadable } from "./faults.ts";
import { alertGround, type Ground, put } from "./ground.ts";
import { panelQueries } from "./panel-queries.ts";
import type { Prometheus } from "./prometheus.ts";

// Bells ring after minutes, at thirty times the speed, too; and must be still again.
t.setTimeout(600_000);
const command = findTool("prometheus");
if (command === undefined)
  leaveOut(t, "alerts provoked by faults", "prometheus is missing: apt-get install prometheus");
else
  t.test("each alert rings by its fault, none on a healthy fleet", { timeout: 600_000 }, async (t) => {
    const began = Date.now();
    const ground = await alertGround(t, command, AbortSignal.timeout(590_000));
    await healthy(t, ground);
    await broken(t, ground);
    await slow(t, ground);
    await forgetful(t, ground);
    await everythingRang(t, ground, began);
    await healed(t, ground);
  });

const DAY_MS = 86_400_000;
const names = ruleGroups({ workers: workerNames() }).groups.flatMap(({ rules }) =>
  rules.flatMap((rule) => ("alert" in rule ? [rule.alert] : [])),
);

/** Whether it fired at any time so far, with these labels. */
async function rang({ prometheus }: Ground, alert: string, labels = ""): Promise<boolean> {
  const fired = `ALERTS{alertname="Boxoffice${alert}", alertstate="firing"${labels && `, ${labels}`}}`;
  return (await prometheus.query(`count(last_over_time(${fired}[10m]))`)).length > 0;
}

async function untilRang(t: Test, ground: Ground, alert: string, labels = "", seconds = 90): Promise<void> {
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

/** What breaks beside a load that goes on: a schema, a process that keeps dying, a group that never rests, a clock, SMTP. */
async function broken(t: Test, ground: Ground): Promise<void> {
  const { fleet } = ground;
  const calm = new AbortController();
  t.teardown(() => calm.abort());
  const resting = unrest(ground, "settlement", calm.signal);
  await sowBroken(ground, 40);
  await writeUnreadable(ground);
  await untilRang(t, ground, "PartitionHalted", 'worker="notification"');
  await untilRang(t, ground, "DeadLetterRate", 'worker="expiry"');
  ground.odd("failing", 4);
  const wrongClock = await ground.another("payment", clockOff(20_000));
  await put(`${fleet.catcherUrl}/outage`, { mode: "refuse" });
  await hangInReplay(t, ground);
  for (let kills = 0; kills < 5 && !(await rang(ground, "WorkerRestarts")); kills++)
    await killSeen(t, ground, "console");
  await untilRang(t, ground, "WorkerRestarts", 'worker="console"');
  await untilRang(t, ground, "BreakerOpen", 'severity="warning", worker="notification"');
  await untilRang(t, ground, "ClockSkewed", 'worker="payment"');
  await untilRang(t, ground, "DrainsTooSlowly", 'worker="notification"');
  await untilRang(t, ground, "OldestParkedTooOld", 'worker="notification"');
  await untilRang(t, ground, "MoneyLetterOpen", 'dlq="reservations.payment.dlq"');
  await untilRang(t, ground, "DeadLetterAging", 'dlq="reservations.expiry.dlq"');
  await untilRang(t, ground, "DeadLetterExpiring", 'dlq="reservations.expiry.dlq"');
  await untilRang(t, ground, "RebalancesWithoutEnd", 'worker="settlement"', 120);
  calm.abort();
  await resting;
  await wrongClock();
  await put(`${fleet.catcherUrl}/outage`, { mode: "none" });
}

/** A worker hangs while its letters are replayed; and one of them is as good as deleted. */
async function hangInReplay(t: Test, ground: Ground): Promise<void> {
  const why = ["--reason", "to see a replay stall"];
  const { plan } = JSON.parse(
    await ground.operator({}, "dlq", "plan", "--worker", "expiry", ...why, "--json"),
  );
  await ageLetter(ground, "expiry", 27.5 * DAY_MS);
  const expiry = processOf(ground, "expiry");
  signal(expiry, "SIGSTOP");
  await ground.operator({}, "dlq", "replay", "--plan", plan, "--detach", ...why, "--yes", "--json");
  await untilRang(t, ground, "ReplayStalled");
  await untilRang(t, ground, "WorkerDown", 'worker="expiry"');
  await untilRang(t, ground, "WorkerMissing", 'worker="expiry"');
  signal(expiry, "SIGCONT");
  const moves = "max(boxoffice_replay_stalled_seconds) < 5";
  await until(t, "the replay goes on", async () => (await ground.prometheus.query(moves)).length > 0, 60);
}

/** Kills a worker, and waits until Prometheus has seen its next life. */
async function killSeen(t: Test, ground: Ground, worker: string): Promise<void> {
  const start = async () =>
    (await ground.prometheus.query(`process_start_time_seconds{worker="${worker}"}`))[0]?.value;
  await until(t, `${worker} is seen`, async () => (await start()) !== undefined);
  const before = await start();
  signal(processOf(ground, worker), "SIGKILL");
  const isAnew = async () => ![undefined, before].includes(await start());
  await until(t, `${worker} began anew`, isAnew, 60);
}

/** A process that gets no CPU, brokers that answer late, another fleet with the same names. */
async function slow(t: Test, ground: Ground): Promise<void> {
  const { kafka } = ground.fleet.stack;
  const payment = processOf(ground, "payment");
  for (let i = 0; i < 6 && !(await rang(ground, "RetriesLate", 'worker="payment"')); i++) {
    signal(payment, "SIGSTOP");
    // Shorter than the group's patience of 6 s: it stays a member.
    await wait(3_500);
    signal(payment, "SIGCONT");
    await wait(2_500);
  }
  await untilRang(t, ground, "RetriesLate", 'worker="payment"');
  for (let i = 0; i < 6 && !(await rang(ground, "IntakeSlow")); i++) {
    kafka.freeze();
    await wait(2_500);
    kafka.thaw();
    await wait(1_000);
  }
  await untilRang(t, ground, "IntakeSlow");
  for (let i = 0; i < 60 && !(await rang(ground, "TransactionsFail", 'worker="payment"')); i++)
    await fence(ground, "payment", "reservations");
  await untilRang(t, ground, "TransactionsFail", 'worker="payment"');
}

/** Redis gone, with its memory. */
async function forgetful(t: Test, ground: Ground): Promise<void> {
  const { redis } = ground.fleet.stack;
  await redis.kill();
  await untilRang(t, ground, "SeatMapClosed", 'worker="intake"');
  await untilRang(t, ground, "IntakeRefuses");
  await untilRang(t, ground, "BreakerOpen", 'severity="critical", worker="settlement"');
  await redis.start();
}

async function everythingRang(t: Test, ground: Ground, began: number): Promise<void> {
  for (const name of names) t.ok(await rang(ground, name.slice("Boxoffice".length)), name);
  for (const { title, expr } of [...dashboardFiles().values()].flatMap(panelQueries))
    t.ok((await ground.prometheus.seriesSince(expr, began)) > 0, `'${title}' has something to show: ${expr}`);
}

/** What was broken is whole again, and letters are dealt with as the runbooks say: every bell is still. */
async function healed(t: Test, ground: Ground): Promise<void> {
  ground.odd("good", 1);
  const urls = ground.fleet.workers
    .filter(({ name }) => name === "notification")
    .map((each) => each.healthUrl);
  const at = urls.flatMap((url) => ["--url", url]);
  let halted: readonly { topic: string; partition: number }[] = [];
  // Its members may just be joining again.
  await until(t, "one partition is halted", async () => {
    const owned: { topic: string; partition: number; state: string }[] = JSON.parse(
      await ground.operator({}, "partitions", "list", ...at, "--json"),
    );
    halted = owned.filter(({ state }) => state === "halted");
    return halted.length === 1;
  });
  for (const { topic, partition } of halted)
    await ground.operator({}, "partitions", "release", topic, String(partition), ...at, "--yes");
  let last = "";
  await until(
    t,
    "no bell rings",
    async () => {
      const bells = await firing(ground.prometheus);
      if (bells !== last) t.comment(`still firing: ${bells}`);
      last = bells;
      const isStill = bells === "none";
      if (!isStill) {
        // Handlers may still be at it: what dies later is dealt with in the next round.
        const { letters } = JSON.parse(await ground.operator({}, "dlq", "list", "--json"));
        if (letters.length > 0)
          await ground.operator({}, "dlq", "discard", "--all", "--reason", "the alarm is over", "--yes");
        await wait(2_000);
      }
      return isStill;
    },
    120,
  );
  t.pass("every bell is still");
}

function processOf({ fleet }: Ground, worker: string): Supervised {
  const found = fleet.workers.find(({ name }) => name === worker);
  if (found === undefined) throw new Error(`Cannot find worker '${worker}' in the fleet`);
  return found.process;
}

function signal({ pid }: Supervised, name: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(pid, name);
}
