import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import t, { type Test } from "tap";
import { dashboardFiles } from "../../../scripts/monitoring/dashboards/all.ts";
import { ruleGroups } from "../../../scripts/monitoring/rules.ts";
import type { Supervised } from "../../../scripts/start/supervise.ts";
import { workerNames } from "../../../workers/all.ts";
import { until as untilWithin } from "../../_support/fleet.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { ageLetter, clockOff, fence, sowBroken, unrest, writeUnreadable } from "./faults.ts";
import { alertGround, type Ground, put } from "./ground.ts";
import { panelQueries } from "./panel-queries.ts";
import type { Prometheus } from "./prometheus.ts";

// Bells ring after minutes, at thirty times the speed, too; and must be still again. On a busy machine some ring by
// themselves meanwhile, and what has to last for a while begins anew. Fans have seats for twenty minutes.
const LONGEST_MS = 1_200_000;
/** Of one wait: many times what a calm machine needs. */
const PATIENCE_S = 400;
t.setTimeout(LONGEST_MS);
const command = findTool("prometheus");
if (command === undefined)
  leaveOut(t, "alerts provoked by faults", "prometheus is missing: apt-get install prometheus");
else
  t.test("each alert rings by its fault, none on a healthy fleet", { timeout: LONGEST_MS }, async (t) => {
    const began = Date.now();
    const ground = await alertGround(t, command, AbortSignal.timeout(LONGEST_MS - 10_000));
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
  return (await prometheus.query(`count(last_over_time(${fired}[1h]))`)).length > 0;
}

async function until(t: Test, what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  await untilWithin(t, what, condition, PATIENCE_S);
}

async function untilRang(t: Test, ground: Ground, alert: string, labels = ""): Promise<void> {
  await until(t, `${alert}{${labels}} rings`, () => rang(ground, alert, labels));
  t.pass(`${alert}{${labels}} rang`);
}

/** Does it again and again until the alert rang; on a busy machine not each try succeeds. */
async function provoke(
  t: Test,
  ground: Ground,
  alert: string,
  labels: string,
  fault: () => Promise<void>,
): Promise<void> {
  await until(t, `${alert}{${labels}} rings`, async () => {
    if (await rang(ground, alert, labels)) return true;
    await fault().catch((error: unknown) => t.comment(String(error)));
    return false;
  });
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
  await until(t, "20 s under load are calm", async () => (await prometheus.query(calm)).length > 0).finally(
    async () => t.comment(`firing: ${await firing(prometheus)}`),
  );
  const busy = ["expiry", "notification", "payment", "settlement"];
  await until(t, `${busy.join()} are done with 50 records each`, async () => {
    const done = await prometheus.query('sum by (worker) (boxoffice_records_total{outcome="done"}) > 50');
    return isDeepStrictEqual(done.map(({ labels }) => labels.worker).sort(), busy);
  });
  t.pass("all have something to do");
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
  let kills = 0;
  await provoke(t, ground, "WorkerRestarts", 'worker="console"', async () => {
    // What dies within ten seconds six times in a row is given up.
    if (++kills % 4 === 0) await wait(11_000);
    await killSeen(t, ground, "console");
  });
  await untilRang(t, ground, "BreakerOpen", 'severity="warning", worker="notification"');
  await untilRang(t, ground, "ClockSkewed", 'worker="payment"');
  await untilRang(t, ground, "DrainsTooSlowly", 'worker="notification"');
  await untilRang(t, ground, "OldestParkedTooOld", 'worker="notification"');
  await untilRang(t, ground, "MoneyLetterOpen", 'dlq="reservations.payment.dlq"');
  await untilRang(t, ground, "DeadLetterAging", 'dlq="reservations.expiry.dlq"');
  await untilRang(t, ground, "DeadLetterExpiring", 'dlq="reservations.expiry.dlq"');
  await untilRang(t, ground, "RebalancesWithoutEnd", 'worker="settlement"');
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
  await until(t, "the replay goes on", async () => (await ground.prometheus.query(moves)).length > 0);
}

/** Kills a worker, and waits until Prometheus has seen its next life. */
async function killSeen(t: Test, ground: Ground, worker: string): Promise<void> {
  const start = async () =>
    (await ground.prometheus.query(`process_start_time_seconds{worker="${worker}"}`))[0]?.value;
  await until(t, `${worker} is seen`, async () => (await start()) !== undefined);
  const before = await start();
  signal(processOf(ground, worker), "SIGKILL");
  const isAnew = async () => ![undefined, before].includes(await start());
  await until(t, `${worker} began anew`, isAnew);
}

/** A process that gets no CPU, brokers that answer late, another fleet with the same names. */
async function slow(t: Test, ground: Ground): Promise<void> {
  const { kafka } = ground.fleet.stack;
  const payment = processOf(ground, "payment");
  await provoke(t, ground, "RetriesLate", 'worker="payment"', async () => {
    signal(payment, "SIGSTOP");
    // Shorter than the group's patience of 6 s: it stays a member.
    await wait(3_500);
    signal(payment, "SIGCONT");
    await wait(2_500);
  });
  await provoke(t, ground, "IntakeSlow", "", async () => {
    kafka.freeze();
    await wait(2_500);
    kafka.thaw();
    await wait(1_000);
  });
  await provoke(t, ground, "TransactionsFail", 'worker="payment"', () =>
    fence(ground, "payment", "reservations"),
  );
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
  // Its members may just be joining again, and then somebody else has the partition.
  await until(t, "the one partition that is halted is released", () =>
    isDone(t, async () => {
      const owned: { topic: string; partition: number; state: string }[] = JSON.parse(
        await ground.operator({}, "partitions", "list", ...at, "--json"),
      );
      const [halted, ...more] = owned.filter(({ state }) => state === "halted");
      if (halted === undefined || more.length > 0) return false;
      const { topic, partition } = halted;
      await ground.operator({}, "partitions", "release", topic, String(partition), ...at, "--yes");
      return true;
    }),
  );
  let last = "";
  await until(t, "no bell rings", async () => {
    const bells = await firing(ground.prometheus);
    if (bells !== last) t.comment(`still firing: ${bells}`);
    last = bells;
    if (bells === "none") return true;
    // Handlers may still be at it: what dies later is dealt with in the next round.
    await isDone(t, async () => {
      const { letters } = JSON.parse(await ground.operator({}, "dlq", "list", "--json"));
      if (letters.length > 0)
        await ground.operator({}, "dlq", "discard", "--all", "--reason", "the alarm is over", "--yes");
      return true;
    });
    await wait(2_000);
    return false;
  });
  t.pass("every bell is still");
}

/** False as well when it fails: a busy fleet may not answer an operator in time, who asks again. */
async function isDone(t: Test, deed: () => Promise<boolean>): Promise<boolean> {
  return await deed().catch((error: unknown) => {
    t.comment(String(error));
    return false;
  });
}

function processOf({ fleet }: Ground, worker: string): Supervised {
  const found = fleet.workers.find(({ name }) => name === worker);
  if (found === undefined) throw new Error(`Cannot find worker '${worker}' in the fleet`);
  return found.process;
}

function signal({ pid }: Supervised, name: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(pid, name);
}
