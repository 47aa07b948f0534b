import t from "tap";
import { changeLetters, discarded } from "../../../workers/_letters/change-letters.ts";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from, Permanent } from "../../../workers/_runtime/mod.ts";
import { type Fleet, fleet, Note, noteTopic, until } from "../../_support/fleet.ts";
import { call, everyLetter, hands, keepPlan, letter, signal } from "../../_support/letters.ts";

/** A worker with `count` letters in its DLQ over two partitions; it fails for those whose `n` is in `failing`. */
async function ground(f: Fleet, count: number, failing: (n: number) => boolean = () => false) {
  const source = noteTopic(f.unique("notes"), 2);
  const handled: number[] = [];
  const worker = defineWorker({
    name: f.unique("w"),
    reads: [from(source, Note)],
    retry: ["100ms"],
    handle({ n }) {
      handled.push(n);
      if (failing(n)) throw new Permanent("still");
    },
  });
  await f.prepare([source], [worker]);
  const dlq = `${source.name}.${worker.name}.dlq`;
  const replay = `${source.name}.${worker.name}.replay`;
  const letters = Array.from({ length: count }, (_, n) =>
    letter(f, dlq, f.note(source, { key: `k${n}`, n }), { partition: n % 2, offset: n }),
  );
  for (let at = 0; at < letters.length; at += 1000) await f.send(letters.slice(at, at + 1000));
  return { source, worker, dlq, replay, handled, frozen: await everyLetter(f, dlq) };
}

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

t.test("replay() of one plan by two at once makes one job", async (t) => {
  const f = await fleet(t);
  const { frozen, replay } = await ground(f, 10);
  const one = await hands(t, f);
  const two = await hands(t, f);
  const { plan } = await keepPlan(one, frozen);
  const answers = await Promise.all([
    one.jobs.replay(plan, { reason: "me" }, { signal, by: "ann" }),
    two.jobs.replay(plan, { reason: "no, me" }, { signal, by: "bob" }),
  ]);
  t.equal(answers.filter(({ started }) => started).length, 1);
  t.equal(answers[0].job.by, answers[1].job.by);
  void one.carryOut(plan);
  void two.carryOut(plan);
  await until(t, "all are sent", async () => (await one.jobs.job(plan, call)).sent === 10);
  await new Promise((resolve) => setTimeout(resolve, 500));
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
  await until(t, "both have gone through", settled, 60);
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

t.test("a job obeys throttle, pause, resume and cancel", async (t) => {
  const f = await fleet(t);
  const { replay, frozen } = await ground(f, 4_000);
  const own = await hands(t, f);
  const { plan } = await keepPlan(own, frozen);
  await own.jobs.replay(plan, { reason: "slowly", pace: false, rate: 200 }, call);
  void own.carryOut(plan);
  await until(t, "it sends", async () => (await f.all(replay)).length > 100);
  await own.jobs.control(plan, { order: "pause", reason: "lunch" }, call);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const paused = (await f.all(replay)).length;
  await new Promise((resolve) => setTimeout(resolve, 700));
  t.equal((await f.all(replay)).length, paused, "nothing more while paused");
  t.match(await own.jobs.job(plan, call), { phase: "paused", note: "ann: lunch" });
  await own.jobs.control(plan, { order: "throttle", rate: 1_000, reason: "more" }, call);
  await own.jobs.control(plan, { order: "resume", reason: "back" }, call);
  await until(t, "it goes on, faster", async () => (await f.all(replay)).length > paused + 800);
  const cancelled = await own.jobs.control(plan, { order: "cancel", reason: "enough" }, call);
  t.match(cancelled, { phase: "cancelled", note: "ann: enough" });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const ended = (await f.all(replay)).length;
  await new Promise((resolve) => setTimeout(resolve, 700));
  t.equal((await f.all(replay)).length, ended, "nothing more after the end");
  t.ok(ended < 4_000);
  await t.rejects(own.jobs.control(plan, { order: "pause", reason: "?" }, call), { code: "not-running" });
});
