import t from "tap";
import { startStack } from "../../../scripts/stack/start.ts";
import { connectRedis } from "../../../workers/_runtime/mod.ts";
import { beginBuild, guardRedis, mustBuild, openBuild, runIn } from "../../../workers/_seats/generation.ts";
import { createSeatMap } from "../../../workers/_seats/mod.ts";
import { PUT_CONCERT } from "../../../workers/_seats/scripts.ts";
import { until } from "../../_support/fleet.ts";
import { openSeatMap, silent } from "../../_support/seats.ts";

const unavailable = { name: "Unavailable", dependency: "redis" };

t.test("the seat map is closed while Redis isn't the process that it was built in", async (t) => {
  for (const appendOnly of [false, true]) {
    const stack = await startStack({ services: ["redis"], appendOnly }, new AbortController().signal);
    t.teardown(() => stack.stop());
    const { redis, prefix, seatMap, request } = await openSeatMap(t, stack.redis.url);
    t.equal((await seatMap.hold(request("r"))).kind, "held");
    const before = redis.runId;

    await stack.redis.kill();
    await t.rejects(seatMap.find("r"), unavailable, "Redis away");
    t.equal(await seatMap.isOpen(), false);
    await stack.redis.start();
    await until(t, "the connection is back", () => redis.runId !== undefined);
    t.not(redis.runId, before);
    t.equal(await redis.call("EXISTS", `${prefix}seats:generation`), appendOnly ? 1 : 0);
    await t.rejects(seatMap.find("r"), unavailable, appendOnly ? "old data, new process" : "empty");
    await t.rejects(seatMap.hold(request("s")), unavailable);
    t.equal(await seatMap.isOpen(), false);

    await openBuild(redis, prefix, await beginBuild(redis, prefix, { token: "fresh", cluster: "kafka" }));
    t.equal(await seatMap.find("r"), undefined, "a new build starts empty");
    t.equal(await seatMap.isOpen(), true);
  }
});

t.test(
  "mustBuild() wants a map for this Redis process and this Kafka cluster, and an open one",
  async (t) => {
    const { redis, prefix } = await openSeatMap(t);
    const guarded = guardRedis(redis, prefix);
    const found = await guarded.read();
    t.equal(mustBuild(found, "kafka"), false);
    t.equal(mustBuild(found, "another"), true, "an old Redis beside a new Kafka");
    t.equal(mustBuild(found && { ...found, stale: true }, "kafka"), true);
    await beginBuild(redis, prefix, { token: "next", cluster: "kafka" });
    t.equal(mustBuild(await guarded.read(), "kafka"), true, "begun and not opened");
    await redis.call("DEL", `${prefix}seats:generation`);
    t.equal(mustBuild(await guarded.read(), "kafka"), true, "none");
  },
);

t.test("the seat map is closed after its keys were removed by hand, from the first call on", async (t) => {
  const { redis, prefix, seatMap, request } = await openSeatMap(t);
  await seatMap.hold(request("r"));
  await redis.call("DEL", `${prefix}seats:generation`);
  await t.rejects(seatMap.hold(request("s", { seats: ["A-2"] })), unavailable);
  await t.rejects(seatMap.seats("c"), unavailable);
});

t.test(
  "the seat map is closed while it is being built, and calls of before don't reach the new one",
  async (t) => {
    const { redis, prefix, seatMap, request } = await openSeatMap(t);
    const held = await seatMap.hold(request("r"));
    if (held.kind !== "held") return t.fail("not held");
    const building = await beginBuild(redis, prefix, { token: "next", cluster: "kafka" });
    const calls: readonly (() => Promise<unknown>)[] = [
      () => seatMap.hold(request("s", { seats: ["A-2"] })),
      () => seatMap.find("r"),
      () => seatMap.release("r", held.generation),
      () => seatMap.move(held.reservation, { seats: "free", set: { state: "expired" } }),
    ];
    for (const call of calls) await t.rejects(call(), unavailable);
    await openBuild(redis, prefix, building);
    await seatMap.hold(request("r"));
    const sell = seatMap.move(held.reservation, { seats: "sell", set: { state: "sold" } });
    await t.rejects(sell, unavailable, "decided on the map of before");
    await t.rejects(seatMap.release("r", held.generation), unavailable, "a release of the build before");
    t.equal((await seatMap.find("r"))?.state, "held");
  },
);

t.test("a build's writes are refused once another began, and it can't open", async (t) => {
  const { redis, prefix } = await openSeatMap(t);
  const first = await beginBuild(redis, prefix, { token: "first", cluster: "kafka" });
  const second = await beginBuild(redis, prefix, { token: "second", cluster: "kafka" });
  await t.rejects(runIn(redis, prefix, first, PUT_CONCERT, ["c", 1, "{}"]), unavailable);
  await t.rejects(openBuild(redis, prefix, first), unavailable);
  await openBuild(redis, prefix, second);
  t.equal(await createSeatMap(redis, { prefix }).isOpen(), true);
});

t.test("a build's writes are refused in another Redis process, though that has its data", async (t) => {
  const { redis, prefix } = await openSeatMap(t);
  await redis.call("SET", `${prefix}seats:generation`, "building another-process token kafka");
  const building = { state: "building", runId: "another-process", token: "token", cluster: "kafka" } as const;
  await t.rejects(runIn(redis, prefix, building, PUT_CONCERT, ["c", 1, "{}"]), unavailable);
});

t.test("a second connection works in the same generation", async (t) => {
  const { prefix, seatMap, request } = await openSeatMap(t);
  const other = await connectRedis(process.env.REDIS_URL ?? "", { log: silent, waitMs: 60_000 });
  t.teardown(() => other.close());
  await seatMap.hold(request("r"));
  t.equal((await createSeatMap(other, { prefix }).find("r"))?.state, "held");
});
