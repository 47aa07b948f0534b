import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import type { ReservationRequested } from "../../../schemas/types.ts";
import { connectRedis, createTimers } from "../../../workers/_runtime/mod.ts";
import { compareWithLog } from "../../../workers/_seats/compare.ts";
import { createSeatMap, type HoldTimer, requestHash } from "../../../workers/_seats/mod.ts";
import { eventReader } from "../../../workers/_seats/read-log.ts";
import { type RebuildOptions, type RebuildPhase, rebuildSeats } from "../../../workers/_seats/rebuild.ts";
import { claimsFrom, nothingTold, readOn } from "../../../workers/_seats/told.ts";
import { concert } from "../../_support/box-office.ts";
import { until } from "../../_support/fleet.ts";
import { silent } from "../../_support/seats.ts";
import { type SourceTopics, sourceTopics } from "../../_support/source-topics.ts";

const url = process.env.REDIS_URL ?? "";

async function parts(t: Test, topics: SourceTopics) {
  const name = `test-${randomBytes(6).toString("hex")}`;
  const redis = await connectRedis(url, { log: silent, waitMs: 60_000 });
  t.teardown(() => redis.close());
  const timers = await createTimers<HoldTimer>({ url, name, log: silent, waitMs: 60_000 });
  t.teardown(() => timers.close());
  const prefix = `${name}:`;
  const options: RebuildOptions = {
    ...{ redis, timers, prefix, log: silent, publishTimeoutMs: 50 },
    ...{ broker: topics.broker, signal: topics.signal, topics: topics.names },
    readEvent: eventReader(topics.registry),
  };
  return { options, redis, prefix, name, seatMap: createSeatMap(redis, { prefix }) };
}

/** Longer than a test ever takes. */
const HOLD_MS = 3_600_000;

function request(
  id: string,
  seats: readonly string[],
  holdUntil = Date.now() + HOLD_MS,
): ReservationRequested {
  return {
    ...{
      type: "ReservationRequested",
      reservationId: id,
      customerId: `u-${id}`,
      concertId: "c",
      seats: [...seats],
    },
    ...{ amount: 100, currency: "EUR", card: "tok", requestedAt: holdUntil - HOLD_MS, holdUntil },
  };
}

const confirmed = (id: string, seats: readonly string[]) => ({
  ...{
    type: "ReservationConfirmed",
    reservationId: id,
    customerId: `u-${id}`,
    concertId: "c",
    seats: [...seats],
  },
  ...{ amount: 100, currency: "EUR", chargeId: `ch-${id}` },
});

t.test("rebuildSeats() opens an empty map for an empty log", async (t) => {
  const topics = await sourceTopics(t);
  const { options, seatMap } = await parts(t, topics);
  t.equal(await seatMap.isOpen(), false);
  t.match(await rebuildSeats(options), { reservations: 0, records: 0, timers: 0 });
  t.equal(await seatMap.isOpen(), true);
  t.equal((await seatMap.hold({ ...request("r", ["A-1"]), bodyHash: "h" })).kind, "held");
});

t.test("rebuildSeats() restores catalogue, seats, states and timers from the log", async (t) => {
  const topics = await sourceTopics(t);
  const { options, seatMap, redis, prefix, name } = await parts(t, topics);
  await topics.publish("concerts", { ...concert, name: "old" } as typeof concert);
  await topics.publish("concerts", concert);
  await topics.publish("reservations", request("sold", ["A-1", "A-2"]));
  await topics.publish("reservations", confirmed("sold", ["A-1", "A-2"]));
  // Cancelled in time, which settlement has not said yet, and asked for by another since.
  await topics.publish("reservations", { ...request("leaving", ["A-4"]), ...{ requestedAt: 1 } });
  await topics.publish("reservations", confirmed("leaving", ["A-4"]));
  const wish = { reservationId: "leaving", customerId: "u-leaving", requestedAt: 2 };
  await topics.publish("reservations", { type: "CancellationRequested", ...wish });
  await topics.publish("reservations", request("next", ["A-4"]));
  const due = Date.now() - 1;
  await topics.publish("reservations", request("held", ["A-3"], due));
  await topics.publishBytes("reservations", "x", Buffer.from("nonsense"));
  await topics.publishBytes("reservations", "x", Buffer.from([0, 127, 255, 255, 255, 1]));
  await topics.publishBytes("reservations", "x", null);
  await redis.call("SET", `${prefix}seats:older:reservation:r`, "left over");

  const phases: RebuildPhase[] = [];
  const summary = await rebuildSeats({ ...options, onProgress: (phase) => void phases.push(phase) });
  t.match(summary, {
    ...{ concerts: 1, reservations: 4, seats: { held: 2, sold: 2 }, lapsed: 0, timers: 2 },
    ...{ records: 12, undecodable: 2, incomplete: 0, soldTwice: 0 },
  });
  t.strictSame([...new Set(phases)], ["reading", "fencing", "waiting", "reading on", "writing", "timers"]);
  t.strictSame((await seatMap.seats("c")).seats, {
    "A-1": "sold",
    "A-2": "sold",
    "A-3": "held",
    "A-4": "held",
  });
  t.strictSame(await seatMap.concert("c"), concert);
  const bodyHash = requestHash(request("held", ["A-3"]));
  t.match(await seatMap.find("held"), { state: "held", bodyHash, published: true, holdUntil: due });
  t.match(await seatMap.find("sold"), { state: "sold", chargeId: "ch-sold", announced: true });
  t.equal(await redis.call("EXISTS", `${prefix}seats:older:reservation:r`), 0);

  const fired: HoldTimer[] = [];
  const firing = await createTimers<HoldTimer>(
    { url, name, log: silent },
    async (one) => void fired.push(one),
  );
  t.teardown(() => firing.close());
  await until(t, "the timer of the open request goes off", () => fired.length > 0);
  t.strictSame(fired, [{ reservationId: "held", holdUntil: due }]);

  const told = nothingTold();
  await readOn(told, { ...options, topics: topics.names });
  const { claims } = claimsFrom(told);
  t.strictSame(await compareWithLog(seatMap, claims, topics.signal), [], "the map equals the log");
  await seatMap.hold({ ...request("more", ["A-5"]), bodyHash: "h" });
  t.match(await compareWithLog(seatMap, claims, topics.signal), [
    { about: "seat", id: "A-5", log: "free", map: "held" },
  ]);
});

t.test("rebuildSeats() has what was published while it waited, and fences the deciders", async (t) => {
  const topics = await sourceTopics(t);
  const { options, seatMap } = await parts(t, topics);
  await rebuildSeats(options);
  await topics.publish("reservations", request("r", ["A-1"]));
  const settlement = topics.broker.transactional(`settlement-${topics.names.payments}-0`);
  const expiry = topics.broker.transactional(`expiry-${topics.names.reservations}-2`);
  t.teardown(() => Promise.all([settlement.close(), expiry.close()]));
  await settlement.fence();
  await expiry.fence();
  const event = (id: string) => ({
    ...{ topic: topics.names.reservations, key: Buffer.from(id), headers: [] },
    value: null,
  });
  await expiry.commit("some group", [event("x")], []);

  let published: Promise<void> | undefined;
  let waitedMs = 0;
  const { admin } = topics.broker;
  const began = performance.now();
  await rebuildSeats({
    ...options,
    publishTimeoutMs: 1_000,
    broker: {
      ...topics.broker,
      admin: {
        ...admin,
        // It reads on from here; on a busy machine the publish may not be through in its time.
        async offsets(topic) {
          if (published !== undefined) waitedMs ||= performance.now() - began;
          await published;
          return await admin.offsets(topic);
        },
      },
    },
    onProgress(phase) {
      // As late as intake may: well after the fence.
      const publish = () => topics.publish("reservations", request("late", ["A-2"]));
      if (phase === "waiting") published = sleep(300).then(publish);
    },
  });
  t.ok(waitedMs >= 999, `read on after ${waitedMs} ms: no earlier than a publish may take`);
  t.match(await seatMap.find("late"), { state: "held" });
  t.match(await seatMap.find("r"), { state: "held" });
  for (const decider of [settlement, expiry]) {
    const failure = await decider.commit("some group", [event("r")], []).catch((error: unknown) => error);
    t.match(failure, { name: "TransactionFailed", kind: "fenced" });
  }
});

t.test("rebuildSeats() runs one at a time, and ends when the build is no longer its own", async (t) => {
  const topics = await sourceTopics(t);
  const { options, redis, prefix, seatMap } = await parts(t, topics);
  const [first, second] = await Promise.all([rebuildSeats(options), rebuildSeats(options)]);
  t.equal([first, second].filter((summary) => summary === undefined).length, 1);
  t.equal(await seatMap.isOpen(), true);
  await topics.publish("reservations", request("r", ["A-1"]));
  const lost = rebuildSeats({
    ...options,
    onProgress(phase) {
      if (phase === "waiting") void redis.call("DEL", `${prefix}seats:generation`);
    },
  });
  await t.rejects(lost, { name: "Unavailable" });
  t.equal(await seatMap.isOpen(), false);
  t.match(await rebuildSeats(options), { reservations: 1 }, "the lock was given back");
  t.match(await seatMap.find("r"), { state: "held" });
});
