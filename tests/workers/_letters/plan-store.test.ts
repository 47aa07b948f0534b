import t from "tap";
import { freeze } from "../../../workers/_letters/frozen.ts";
import { isUnfinished, jobOf, nextSaid, type Order, type Said } from "../../../workers/_letters/job.ts";
import { Telling } from "../../../workers/_letters/job-said.ts";
import { newPlanId } from "../../../workers/_letters/plan-id.ts";
import type { PlanStore } from "../../../workers/_letters/plan-store.ts";
import { fleet, noteTopic } from "../../_support/fleet.ts";
import { call, hands, keepPlan, signal } from "../../_support/letters.ts";

t.test("keep() keeps 200,000 scattered letters, and another process reads them back", async (t) => {
  const f = await fleet(t);
  await f.prepare([noteTopic(f.unique("any"), 1)], []);
  const [one, two] = [await hands(t, f), await hands(t, f)];
  const scattered = Array.from({ length: 200_000 }, (_, n) => ({
    dlq: "x.w.dlq",
    partition: n % 3,
    offset: n * 17_000_003,
  }));
  const frozen = freeze(scattered);
  const plan = await keepPlan(one, frozen);
  await two.store.log.catchUp(signal);
  t.same(two.store.log.planned(plan.plan)?.plan, JSON.parse(JSON.stringify(plan)));
  t.ok(JSON.stringify(await two.store.log.frozen(plan.plan)) === JSON.stringify(frozen), "to the letter");
});

t.test("change() of two at once decides one after the other", async (t) => {
  const f = await fleet(t);
  await f.prepare([noteTopic(f.unique("any"), 1)], []);
  const all = [await hands(t, f), await hands(t, f), await hands(t, f)];
  const [first] = all;
  if (!first) return;
  const { plan } = await keepPlan(first, [{ dlq: "x.w.dlq", partition: 0, runs: [[0, 1]] }]);
  await first.jobs.replay(plan, { reason: "r", rate: 1 }, call);
  const add = (own: typeof first) =>
    own.store.change(
      plan,
      (now) => now?.order && { order: { ...now.order, rate: (now.order.rate ?? 0) + 1 } },
      signal,
    );
  await Promise.all([...all, ...all].map(add));
  t.equal((await first.jobs.job(plan, call)).rate, 7, "no change is lost");
  await t.rejects(first.jobs.job("20260101-000000000-xxxxx", call), { code: "no-such-job" });
  await t.rejects(first.jobs.replay("20260101-000000000-xxxxx", { reason: "r" }, call), {
    code: "no-such-plan",
  });
});

t.test("newPlanId() sorts by time and is no number", async (t) => {
  const ids = [0, 1, 999, 1_000, 60_000, 1e12].map(newPlanId);
  t.same(ids.toSorted(), ids);
  t.ok(ids.every((id) => /^\d{8}-\d{9}-[2-9a-hjkmnp-z]{5}$/.test(id)));
  t.equal(new Set(Array.from({ length: 1_000 }, () => newPlanId(7))).size > 990, true);
});

const order: Order = {
  by: "ann",
  reason: "r",
  time: 1,
  canary: 0,
  rate: undefined,
  pace: true,
  stopOnFailureShare: undefined,
};
const said: Said = {
  phase: "sending",
  note: undefined,
  sent: 3,
  processed: 1,
  deadAgain: 0,
  underWay: 2,
  skipped: 0,
  speed: 1,
  allowed: undefined,
  canaryPassed: true,
  refused: [],
  endedAt: undefined,
  time: 2,
};

t.test("jobOf() and isUnfinished() follow a job through its life", async (t) => {
  const deed = { by: "bob", reason: "lunch", time: 5 };
  const phase = (order: Order, said?: Said) => jobOf({ plan: "p", letters: 9 }, order, said, 9).phase;
  t.equal(phase(order), "waiting");
  t.equal(phase(order, said), "sending");
  t.equal(phase({ ...order, paused: deed }, said), "paused", "at once, whatever was said");
  t.equal(phase(order, { ...said, phase: "paused" }), "waiting", "resumed, and nobody has said so");
  t.equal(phase({ ...order, cancelled: deed }, said), "cancelled");
  t.equal(phase({ ...order, cancelled: deed }, { ...said, phase: "done" }), "done", "too late");
  t.equal(isUnfinished(undefined, 9), true, "cancelled or not: one may have sent letters and not said so");
  t.equal(isUnfinished(said, 9), true, "its end is to be said");
  const cancelled: Said = { ...said, phase: "cancelled", endedAt: 5 };
  t.equal(isUnfinished(cancelled, 9), true, "outcomes still come");
  t.equal(isUnfinished(cancelled, 3_600_005), false, "not for ever");
  t.equal(isUnfinished({ ...cancelled, underWay: 0 }, 9), false);
});

t.test("jobOf() tells when nobody carries a job out, and shows no old figures then", async (t) => {
  const at = (now: number, more: Partial<Order>, known: Said | undefined) =>
    jobOf({ plan: "p", letters: 9 }, { ...order, ...more }, known, now);
  const fast: Said = { ...said, speed: 500, allowed: 700, time: 100_000 };
  t.match(at(order.time + 15_000, {}, undefined), { phase: "waiting", note: undefined });
  t.match(at(order.time + 16_000, {}, undefined), { phase: "waiting", note: /no replayer .* for 16 s/ });
  t.match(at(190_000, {}, fast), { phase: "sending", speed: 500, allowed: 700, note: fast.note });
  t.match(at(190_001, {}, fast), {
    phase: "sending",
    speed: 0,
    allowed: undefined,
    note: /replayer for 90 s/,
  });
  const deed = { by: "bob", reason: "lunch", time: 5 };
  t.equal(at(900_000, { paused: deed }, fast).note, "bob: lunch", "a pause needs nobody");
  t.equal(at(900_000, { cancelled: deed }, fast).note, "bob: lunch");
  t.equal(at(900_000, {}, { ...fast, phase: "done", note: "through" }).note, "through");
});

t.test(
  "Telling says again where a job stands, though nothing has changed, before it counts as silent",
  async (t) => {
    const heard: number[] = [];
    const change: PlanStore["change"] = async (_plan, decide) => {
      heard.push(decide(undefined)?.said?.time ?? 0);
      return undefined;
    };
    const telling = new Telling({ change }, "p");
    const { signal } = new AbortController();
    for (const time of [1_000, 2_000, 30_000, 31_000, 32_000]) await telling.say({ ...said, time }, signal);
    await telling.say({ ...said, time: 33_000, sent: said.sent + 1 }, signal);
    t.same(heard, [1_000, 31_000, 33_000]);
  },
);

t.test("nextSaid() keeps an end that was said, and counts outcomes on", async (t) => {
  const done: Said = { ...said, phase: "done", endedAt: 9, processed: 3, skipped: 0 };
  t.equal(nextSaid(undefined, said), said);
  t.equal(nextSaid(said, done), done);
  t.equal(nextSaid(done, said), undefined, "one that was taken for dead doesn't open it again");
  const refused = [["x.w.dlq-0-1", "too large"]] as const;
  const cancelled: Said = {
    ...said,
    phase: "cancelled",
    note: "ann: enough",
    endedAt: 5,
    skipped: 2,
    refused,
  };
  t.match(nextSaid(cancelled, done), {
    phase: "cancelled",
    note: "ann: enough",
    endedAt: 5,
    processed: 3,
    skipped: 2,
    refused,
  });
});
