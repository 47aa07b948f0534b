import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import kafkajs from "kafkajs";
import t from "tap";
import { type CarryOutParts, carryOut } from "../../../workers/_letters/carry-out.ts";
import { createLanes, type Lanes } from "../../../workers/_letters/lane.ts";
import type { Broker } from "../../../workers/_runtime/broker.ts";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { type Fleet, fleet, until } from "../../_support/fleet.ts";
import { call, type Hands, hands, keepPlan } from "../../_support/letters.ts";
import { ground } from "../../_support/replay-ground.ts";

/** As `hands()` do, but for what is given; to be aborted. */
function carry(own: Hands, plan: string, others: Partial<CarryOutParts>) {
  const abort = new AbortController();
  const { broker, store, lanes, states } = own;
  const run = carryOut({ broker, store, lanes, states, ...others }, plan, abort.signal);
  run.catch(() => {});
  return { run, abort };
}

/** Each of the lanes writes once; what comes after it stands still until whoever wants it gives up. */
function halting(lanes: Lanes): Lanes {
  const used = new Set<string>();
  return {
    ...lanes,
    of(dlq, partition) {
      const lane = lanes.of(dlq, partition);
      return {
        ...lane,
        async act(decide, signal) {
          const place = `${dlq}-${partition}`;
          if (used.has(place) && !signal.aborted) await once(signal, "abort");
          signal.throwIfAborted();
          used.add(place);
          return await lane.act(decide, signal);
        },
      };
    },
  };
}

async function started(f: Fleet, own: Hands, count: number, wish = {}) {
  const made = await ground(f, count);
  const { plan } = await keepPlan(own, made.frozen);
  await own.jobs.replay(plan, { reason: "fixed", ...wish }, call);
  return { ...made, plan };
}

t.test(
  "carryOut() that is aborted while a transaction is on its way fails its caller, and no promise is left",
  async (t) => {
    const f = await fleet(t);
    const own = await hands(t, f);
    const { plan } = await started(f, own, 10);
    const { promise: writing, resolve: writes } = Promise.withResolvers<void>();
    const slow: Broker = {
      ...own.broker,
      transactional(id) {
        const real = own.broker.transactional(id);
        return {
          ...real,
          async commit(...args) {
            writes();
            await sleep(500);
            await real.commit(...args);
          },
        };
      },
    };
    const lanes = createLanes(slow, own.states);
    t.teardown(() => lanes.close());
    // An unhandled rejection meanwhile fails the test; a replayer would end with it.
    const { run, abort } = carry(own, plan, { lanes });
    await writing;
    abort.abort(new Error("given out anew"));
    await t.rejects(run, { message: "given out anew" });
  },
);

t.test("carryOut() says why it was interrupted, until letters go again", async (t) => {
  const f = await fleet(t);
  const own = await hands(t, f);
  const { plan, worker } = await started(f, own, 10);
  const broken = { ...own.lanes, of: () => t.fail("unused") };
  const lanes = {
    ...broken,
    of(): never {
      throw new Error("the lane is out of order");
    },
  };
  await t.rejects(carry(own, plan, { lanes }).run, { message: /out of order/ });
  t.match(await own.jobs.job(plan, call), {
    phase: "sending",
    note: "it was interrupted and is tried again: the lane is out of order",
  });
  await f.run(worker);
  await own.carryOut(plan);
  t.match(await own.jobs.job(plan, call), { phase: "done", note: undefined, processed: 10 });
});

t.test("a worker that is away gets no more copies when its job is taken up again", async (t) => {
  const f = await fleet(t);
  const own = await hands(t, f);
  const { plan, replay } = await started(f, own, 3_000);
  for (let n = 0; n < 3; n++) {
    const { run, abort } = carry(own, plan, {});
    await until(t, "the window is full", async () => (await f.all(replay)).length >= 500);
    await sleep(800);
    abort.abort(new Error("killed"));
    await t.rejects(run, { message: "killed" });
  }
  const copies = (await f.all(replay)).length;
  t.equal(copies, 500, "the first window");
});

t.test("a job that was cancelled before its replayer said anything is counted all the same", async (t) => {
  const f = await fleet(t);
  const own = await hands(t, f);
  const { plan, frozen, worker } = await started(f, own, 20, { rate: 50 });
  const silent = { ...own.store, change: async () => undefined };
  const { run, abort } = carry(own, plan, { store: silent });
  await until(t, "some are sent", async () => {
    await own.states.catchUp(call.signal);
    return own.states.of(`${frozen[0]?.dlq}-0-0`).outcome === "replaying";
  });
  abort.abort(new Error("killed"));
  await t.rejects(run, { message: "killed" });
  await own.jobs.control(plan, { order: "cancel", reason: "enough" }, call);
  await f.run(worker);
  await own.carryOut(plan);
  const job = await own.jobs.job(plan, call);
  t.match(job, { phase: "cancelled", note: "ann: enough", underWay: 0 });
  t.ok(job.sent > 0 && job.processed === job.sent, `${job.sent} were sent`);
});

t.test("a replay goes on where it stopped, though committed offsets have expired meanwhile", async (t) => {
  const f = await fleet(t);
  const own = await hands(t, f);
  const { plan, worker, replay } = await started(f, own, 40, { rate: 40 });
  const running = await f.run(worker);
  const { run, abort } = carry(own, plan, { lanes: halting(own.lanes) });
  await until(t, "some are sent", async () => (await f.all(replay)).length > 0);
  abort.abort(new Error("killed"));
  await t.rejects(run, { message: "killed" });
  await running.stop();
  const before = await f.all(replay);
  // What the broker does after seven days without members.
  const { brokers } = f.config.kafka;
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  // The last member leaves it a moment after it has stopped, where the machine is busy.
  const deleted = () =>
    admin.deleteGroups([worker.name]).then(
      () => true,
      () => false,
    );
  await until(t, "the group is gone", deleted);
  await admin.disconnect();
  await f.run(worker);
  await own.carryOut(plan);
  t.match(await own.jobs.job(plan, call), { phase: "done", sent: 40, processed: 40, deadAgain: 0 });
  const copies = new Map(
    [...before, ...(await f.all(replay))].map((copy) => [`${copy.partition}-${copy.offset}`, copy]),
  );
  const ids = [...copies.values()].map(({ headers }) => JSON.stringify(parseOurs(headers).id));
  t.ok(before.length < 40, `stopped after ${before.length}`);
  t.equal(new Set(ids).size, ids.length, "none is sent twice");
});
