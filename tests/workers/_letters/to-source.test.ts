import t from "tap";
import { createDesk } from "../../../workers/_letters/mod.ts";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";
import { committedOf } from "../../_support/kafka.ts";
import { call, everyLetter, hands, keepPlan, letter, plansOf } from "../../_support/letters.ts";

async function ground(t: Parameters<typeof fleet>[0], count: number) {
  const f = await fleet(t);
  const source = noteTopic(f.unique("notes"), 2);
  const worker = defineWorker({ name: f.unique("w"), reads: [from(source, Note)], handle() {} });
  await f.prepare([source], [worker]);
  const dlq = `${source.name}.${worker.name}.dlq`;
  const letters = Array.from({ length: count }, (_, n) =>
    letter(f, dlq, f.note(source, { key: `k${n}`, n }), {
      partition: n % 2,
      offset: n,
      theirs: [
        ["trace", Buffer.from(String(n))],
        ["trace", null],
        ["bo-attempt", Buffer.from("theirs")],
      ],
    }),
  );
  await f.send(letters);
  const own = await hands(t, f);
  return { f, source, worker, own, letters, frozen: await everyLetter(f, dlq) };
}

t.test("replay() to the source wants every other group named, and says which", async (t) => {
  const { own, frozen } = await ground(t, 2);
  const { plan } = await keepPlan(own, frozen, { to: "source", otherGroups: ["ledger", "mail"] });
  for (const otherGroups of [undefined, [], ["mail"]])
    await t.rejects(own.jobs.replay(plan, { reason: "r", ...(otherGroups && { otherGroups }) }, call), {
      code: "not-agreed",
      details: otherGroups?.length ? ["ledger"] : ["ledger", "mail"],
    });
  await t.rejects(own.jobs.job(plan, call), { code: "no-such-job" }, "nothing was started");
  const { started } = await own.jobs.replay(plan, { reason: "r", otherGroups: ["mail", "ledger"] }, call);
  t.equal(started, true);
});

t.test(
  "a letter sent to the source keeps its bytes and bo-id only, and its job ends without an outcome",
  async (t) => {
    const { f, own, source, frozen, letters } = await ground(t, 20);
    const { plan } = await keepPlan(own, frozen, { to: "source" });
    await own.jobs.replay(plan, { reason: "for all" }, call);
    await own.carryOut(plan);
    t.match(await own.jobs.job(plan, call), { phase: "done", sent: 20, underWay: 0, processed: 0 });
    await until(t, "all are there", async () => (await f.all(source.name)).length >= 20);
    const written = await f.all(source.name);
    t.equal(written.length, 20);
    for (const { key, value, headers, partition } of written) {
      const n = Number(headers[0]?.[1]?.toString());
      t.same([key, value, partition], [letters[n]?.key, letters[n]?.value, n % 2]);
      t.same(headers, [
        ["trace", Buffer.from(String(n))],
        ["trace", null],
        ["bo-attempt", Buffer.from("theirs")],
        ["bo-id", Buffer.from(`${source.name}-${n % 2}-${n}`)],
      ]);
    }
    const results = await Array.fromAsync(own.jobs.results(plan, call));
    t.ok(results.every(({ result }) => result === "sent to source"));
    t.equal(parseOurs(letters[0]?.headers ?? []).id?.offset, 0);
  },
);

t.test("replay() to the source asks for a group that came after the plan was made, too", async (t) => {
  const { f, source, worker } = await ground(t, 2);
  const desk = await createDesk(f.config, { log: f.log, workers: [worker], plansTopic: await plansOf(f) });
  t.teardown(() => desk.close());
  const wish = {
    filter: { worker: [worker.name] },
    to: "source",
    reason: "r",
    skipOrderCheck: true,
  } as const;
  const { plan, targets } = await desk.plan(wish, call);
  t.same(targets[0]?.otherGroups, [], "nobody else reads it yet");
  const newcomer = f.unique("newcomer");
  const producer = f.broker.transactional(f.unique("tx"));
  await producer.fence();
  await producer.commit(newcomer, [], [{ topic: source.name, partition: 0, offset: 0, metadata: "" }]);
  await producer.close();
  await committedOf(f.broker, newcomer, source.name, 0);
  const refused = { code: "not-agreed", details: [newcomer] };
  await t.rejects(desk.replay(plan, { reason: "r" }, call), refused);
  t.match(await desk.replay(plan, { reason: "r", otherGroups: [newcomer] }, call), { started: true });
  t.match(
    await desk.replay(plan, { reason: "r" }, call),
    { started: false },
    "who finds it started agrees to nothing",
  );
});

t.test("a canary to the source pauses its job until an operator has looked", async (t) => {
  const { f, own, source, frozen } = await ground(t, 20);
  const { plan } = await keepPlan(own, frozen, { to: "source" });
  await own.jobs.replay(plan, { reason: "carefully", canary: 4 }, call);
  const running = own.carryOut(plan);
  await until(t, "it is paused", async () => (await own.jobs.job(plan, call)).phase === "paused");
  await until(t, "the canary is there", async () => (await f.all(source.name)).length >= 4);
  await new Promise((resolve) => setTimeout(resolve, 500));
  t.equal((await f.all(source.name)).length, 4);
  t.match((await own.jobs.job(plan, call)).note, /no outcome/);
  await own.jobs.control(plan, { order: "resume", reason: "looks fine" }, call);
  await running;
  await until(t, "all are there", async () => (await f.all(source.name)).length >= 20);
  t.equal((await f.all(source.name)).length, 20);
  t.match(await own.jobs.job(plan, call), { phase: "done", sent: 20 });
});
