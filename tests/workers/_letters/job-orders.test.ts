import t from "tap";
import { carryOut } from "../../../workers/_letters/carry-out.ts";
import type { Lanes } from "../../../workers/_letters/lane.ts";
import { readAudit } from "../../../workers/_letters/read-audit.ts";
import { fleet, until } from "../../_support/fleet.ts";
import { call, hands, keepPlan, signal } from "../../_support/letters.ts";
import { ground } from "../../_support/replay-ground.ts";

t.test("a job stops when more of its outcomes than the share are dead again", async (t) => {
  const f = await fleet(t);
  const { worker, frozen } = await ground(f, 2_000, (n) => n % 2 === 0);
  const own = await hands(t, f);
  await f.run(worker);
  const { plan } = await keepPlan(own, frozen);
  await own.jobs.replay(plan, { reason: "try", rate: 400, stopOnFailureShare: 0.3 }, call);
  await own.carryOut(plan);
  const job = await own.jobs.job(plan, call);
  t.match(job, { phase: "stopped", note: /dead again/, underWay: 0 });
  t.ok(job.sent >= 20 && job.sent < 2_000, `${job.sent} were sent`);
  t.equal(job.processed + job.deadAgain, job.sent, "and their outcomes counted after its end");
});

t.test("a canary that dies again stops its job before the rest is sent", async (t) => {
  const f = await fleet(t);
  const { worker, replay, frozen } = await ground(f, 200, () => true);
  const own = await hands(t, f);
  await f.run(worker);
  const { plan } = await keepPlan(own, frozen);
  await own.jobs.replay(plan, { reason: "try", canary: 4 }, call);
  await own.carryOut(plan);
  t.match(await own.jobs.job(plan, call), { phase: "stopped", sent: 4, deadAgain: 4, note: /canary/ });
  t.equal((await f.all(replay)).length, 4);
  const results = await Array.fromAsync(own.jobs.results(plan, call));
  t.equal(results.filter(({ result }) => result === "not sent").length, 196);
});

/** Lanes of which is known how many letters went through them, and how many calls are under way. */
function watched(lanes: Lanes) {
  const seen = { underWay: 0, sent: 0 };
  const of: Lanes["of"] = (dlq, partition) => {
    const lane = lanes.of(dlq, partition);
    return {
      ...lane,
      async act(decide, signal) {
        seen.underWay++;
        try {
          let records = 0;
          const answer = await lane.act((stateOf) => {
            const deed = decide(stateOf);
            records = deed.records.length;
            return deed;
          }, signal);
          seen.sent += records;
          return answer;
        } finally {
          seen.underWay--;
        }
      },
    };
  };
  return { seen, lanes: { ...lanes, of } };
}

t.test("a job obeys throttle, pause, resume and cancel", async (t) => {
  const f = await fleet(t);
  const { replay, frozen } = await ground(f, 4_000);
  const own = await hands(t, f);
  const { plan } = await keepPlan(own, frozen);
  await own.jobs.replay(plan, { reason: "slowly", pace: false, rate: 100 }, call);
  const { seen, lanes } = watched(own.lanes);
  const ended = new AbortController();
  const run = carryOut({ ...own, lanes }, plan, ended.signal).catch(() => {});
  t.teardown(async () => {
    ended.abort();
    await run;
  });
  /** All that was let through, once it is written and can be read. */
  const written = async () => {
    await until(t, "what was let through is written", async () => {
      return seen.underWay === 0 && (await f.all(replay)).length === seen.sent;
    });
    return seen.sent;
  };
  await until(t, "it sends", async () => (await f.all(replay)).length > 100);
  const said = async () => {
    await own.store.log.catchUp(signal);
    return own.store.log.planned(plan)?.said?.phase;
  };
  await own.jobs.control(plan, { order: "pause", reason: "lunch" }, call);
  await until(t, "its replayer has heard of the pause", async () => (await said()) === "paused");
  const paused = await written();
  await new Promise((resolve) => setTimeout(resolve, 700));
  t.equal((await f.all(replay)).length, paused, "nothing more while paused");
  t.match(await own.jobs.job(plan, call), { phase: "paused", note: "ann: lunch" });
  await own.jobs.control(plan, { order: "throttle", rate: 200, reason: "more" }, call);
  await own.jobs.control(plan, { order: "resume", reason: "back" }, call);
  await until(t, "it goes on", async () => (await f.all(replay)).length > paused + 200);
  const cancelled = await own.jobs.control(plan, { order: "cancel", reason: "enough" }, call);
  t.match(cancelled, { phase: "cancelled", note: "ann: enough" });
  await until(t, "its replayer has heard of the end", async () => (await said()) === "cancelled");
  const sent = await written();
  await new Promise((resolve) => setTimeout(resolve, 700));
  t.equal((await f.all(replay)).length, sent, "nothing more after the end");
  t.ok(sent < 4_000);
  await t.rejects(own.jobs.control(plan, { order: "pause", reason: "?" }, call), { code: "not-running" });
  const trail = await readAudit(own.broker, { plan }, signal);
  t.match(
    trail.map(({ action, by, reason, text }) => ({ action, by, reason, text })),
    [
      { action: "cancel", by: "ann", reason: "enough" },
      { action: "resume", by: "ann", reason: "back" },
      { action: "throttle", by: "ann", reason: "more", text: "at most 200 records a second" },
      { action: "pause", by: "ann", reason: "lunch" },
      { action: "replay", by: "ann", reason: "slowly" },
      { action: "plan", by: "ann" },
    ],
    "each with who and why; what was refused is not in it",
  );
  t.equal(trail.length, 6);
});
