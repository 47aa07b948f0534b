import t from "tap";
import { changeLetters, discarded } from "../../../workers/_letters/change-letters.ts";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { fleet, until } from "../../_support/fleet.ts";
import { call, hands, keepPlan, signal } from "../../_support/letters.ts";
import { ground } from "../../_support/replay-ground.ts";

t.test("carryOut() sends every letter once and ends with the outcomes, not with the sending", async (t) => {
  const f = await fleet(t);
  const { worker, dlq, replay, handled, frozen } = await ground(f, 60, (n) => n % 10 === 0);
  const own = await hands(t, f);
  const { plan } = await keepPlan(own, frozen);
  const { job, started } = await own.jobs.replay(plan, { reason: "fixed" }, call);
  t.equal(started, true);
  t.match(job, { phase: "waiting", letters: 60, sent: 0 });
  const running = own.carryOut(plan);
  await until(t, "all are sent", async () => (await own.jobs.job(plan, call)).sent === 60);
  t.match(await own.jobs.job(plan, call), { underWay: 60, processed: 0, endedAt: undefined });
  await until(t, "all are there", async () => (await f.all(replay)).length >= 60);
  t.equal((await f.all(replay)).length, 60);
  await f.run(worker);
  await running;
  t.match(await own.jobs.job(plan, call), {
    phase: "done",
    sent: 60,
    processed: 54,
    deadAgain: 6,
    underWay: 0,
    skipped: 0,
  });
  t.same(
    handled.toSorted((a, b) => a - b),
    Array.from({ length: 60 }, (_, n) => n),
  );
  const results = await Array.fromAsync(own.jobs.results(plan, call));
  t.equal(results.filter(({ result }) => result === "dead again").length, 6);
  t.equal(results.filter(({ result }) => result === "processed").length, 54);
  const again = (await f.all(dlq)).map(({ headers }) => parseOurs(headers)).find(({ letter }) => letter);
  t.match(again, { replay: plan, replays: 1, letter: { topic: dlq } });
});

t.test("carryOut() of a plan that nobody ordered, or that isn't there, sends nothing", async (t) => {
  const f = await fleet(t);
  const { replay, frozen } = await ground(f, 3);
  const own = await hands(t, f);
  const { plan } = await keepPlan(own, frozen);
  // As a job in Redis may name any.
  await own.carryOut(plan);
  await own.carryOut("made-up");
  t.same(await f.all(replay), []);
});

t.test("replay() of one plan by two at once makes one job", async (t) => {
  const f = await fleet(t);
  const { worker, frozen, replay } = await ground(f, 10);
  const one = await hands(t, f);
  const two = await hands(t, f);
  const { plan } = await keepPlan(one, frozen);
  const answers = await Promise.all([
    one.jobs.replay(plan, { reason: "me" }, { signal, by: "ann" }),
    two.jobs.replay(plan, { reason: "no, me" }, { signal, by: "bob" }),
  ]);
  t.equal(answers.filter(({ started }) => started).length, 1);
  t.equal(answers[0].job.by, answers[1].job.by);
  await f.run(worker);
  await Promise.all([one.carryOut(plan), two.carryOut(plan)]);
  t.match(await one.jobs.job(plan, call), { phase: "done", sent: 10, processed: 10 });
  t.equal((await f.all(replay)).length, 10, "though two replayers had it");
});

t.test("two plans that overlap and a discard, all at once, act on each letter once", async (t) => {
  const f = await fleet(t);
  const { frozen, replay } = await ground(f, 3_000);
  const [one, two, three] = [await hands(t, f), await hands(t, f), await hands(t, f)];
  const first = await keepPlan(one, frozen);
  const second = await keepPlan(two, frozen);
  for (const { plan } of [first, second])
    await one.jobs.replay(plan, { reason: "now", pace: false, rate: 4_000 }, call);
  void one.carryOut(first.plan);
  void two.carryOut(second.plan);
  const deed = { by: "eve", reason: "no", time: Date.now() };
  await new Promise((resolve) => setTimeout(resolve, 200));
  const acted = await changeLetters(
    three.lanes,
    frozen,
    { action: "discard", reason: "no" },
    discarded(deed),
    call,
  );
  const settled = async () => {
    const jobs = [await one.jobs.job(first.plan, call), await one.jobs.job(second.plan, call)];
    return jobs.every(({ sent, skipped }) => sent + skipped === 3_000);
  };
  await until(t, "both have gone through", settled);
  // The last of them can be read a moment after its transaction's end was told.
  const all = async () => (await f.all(replay)).length + acted.done >= 3_000;
  await until(t, "each is replayed or discarded", all);
  const copies = await f.all(replay);
  const letters = new Set(copies.map(({ headers }) => JSON.stringify(parseOurs(headers).letter)));
  t.equal(letters.size, copies.length, "no letter twice");
  t.equal(copies.length + acted.done, 3_000, "each replayed or discarded");
  const sent = [await one.jobs.job(first.plan, call), await one.jobs.job(second.plan, call)];
  t.equal(
    sent.reduce((sum, job) => sum + job.sent, 0),
    copies.length,
  );
});

t.test("a second plan of the same letters skips what is no longer open, and says so", async (t) => {
  const f = await fleet(t);
  const { worker, replay, frozen } = await ground(f, 40);
  const own = await hands(t, f);
  const first = await keepPlan(own, frozen);
  const second = await keepPlan(own, frozen);
  await f.run(worker);
  for (const { plan } of [first, second]) {
    await own.jobs.replay(plan, { reason: "fixed" }, call);
    await own.carryOut(plan);
  }
  t.match(await own.jobs.job(second.plan, call), {
    phase: "done",
    sent: 0,
    skipped: 40,
    note: /^40 letters were not open/,
  });
  const [result] = await Array.fromAsync(own.jobs.results(second.plan, call));
  t.match(result, { result: "skipped", text: `processed by plan ${first.plan}` });
  t.equal((await f.all(replay)).length, 40);
});
