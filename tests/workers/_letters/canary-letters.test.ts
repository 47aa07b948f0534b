import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { canaryOf } from "../../../workers/_letters/canary.ts";
import { carryOut } from "../../../workers/_letters/carry-out.ts";
import { changeLetters, discarded } from "../../../workers/_letters/change-letters.ts";
import type { PlanStore } from "../../../workers/_letters/plan-store.ts";
import { fleet, until } from "../../_support/fleet.ts";
import { call, hands, keepPlan } from "../../_support/letters.ts";
import { ground } from "../../_support/replay-ground.ts";

t.test("a canary of which no letter is open any more stops its job instead of passing", async (t) => {
  const f = await fleet(t);
  const { worker, replay, frozen } = await ground(f, 40);
  const own = await hands(t, f);
  await f.run(worker);
  const { plan } = await keepPlan(own, frozen);
  const deed = { by: "eve", reason: "no", time: Date.now() };
  const entry = { action: "discard", reason: "no" } as const;
  await changeLetters(own.lanes, canaryOf(frozen, 4), entry, discarded(deed), call);
  await own.jobs.replay(plan, { reason: "try", canary: 4 }, call);
  await own.carryOut(plan);
  t.match(await own.jobs.job(plan, call), {
    phase: "stopped",
    sent: 0,
    skipped: 4,
    note: /^nothing was tried, as none of the canary's 4 letters was open/,
  });
  t.equal((await f.all(replay)).length, 0);
  // Where nothing is left to be sent there is nothing to try it for.
  await changeLetters(own.lanes, frozen, entry, discarded(deed), call);
  const second = await keepPlan(own, frozen);
  await own.jobs.replay(second.plan, { reason: "try", canary: 4 }, call);
  await own.carryOut(second.plan);
  t.match(await own.jobs.job(second.plan, call), { phase: "done", sent: 0, skipped: 40 });
});

t.test("a canary to the source holds the rest back however long the pause takes to be written", async (t) => {
  const f = await fleet(t);
  const { source, frozen } = await ground(f, 20);
  const own = await hands(t, f);
  const { plan } = await keepPlan(own, frozen, { to: "source" });
  await own.jobs.replay(plan, { reason: "carefully", canary: 4 }, call);
  const slow: PlanStore = {
    ...own.store,
    async change(...args) {
      await sleep(500);
      return await own.store.change(...args);
    },
  };
  for (const store of [slow, own.store]) {
    const abort = new AbortController();
    const run = carryOut({ ...own, store }, plan, abort.signal);
    await until(t, "it is paused", async () => (await own.jobs.job(plan, call)).phase === "paused");
    await until(t, "the canary is there", async () => (await f.all(source.name)).length >= 4);
    await sleep(800);
    t.equal((await f.all(source.name)).length, 4, "and no more");
    abort.abort(new Error("killed"));
    await t.rejects(run, { message: "killed" });
  }
});
