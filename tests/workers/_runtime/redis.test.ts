import { pino } from "pino";
import t from "tap";
import { startStack } from "../../../scripts/stack/start.ts";
import { connectRedis, redisScript, Unavailable } from "../../../workers/_runtime/mod.ts";
import { redisError } from "../../../workers/_runtime/redis-error.ts";
import { until } from "../../_support/fleet.ts";

const log = pino({ level: "silent" });
const unavailable = { name: "Unavailable", dependency: "redis" };

t.test(
  "connectRedis() learns the run id anew at each connect and fails calls at once in between",
  async (t) => {
    const stack = await startStack({ services: ["redis"] }, new AbortController().signal);
    t.teardown(() => stack.stop());
    const redis = await connectRedis(stack.redis.url, { log, waitMs: 60_000 });
    t.teardown(() => redis.close());
    const first = redis.runId;
    t.match(first, /^[0-9a-f]{40}$/);
    const blocked = redis.call("BLPOP", "nothing", 0);
    const killed = t.rejects(blocked, unavailable, "in flight when the connection was lost");
    await stack.redis.kill();
    await killed;
    await t.rejects(redis.call("GET", "a"), unavailable);
    t.equal(redis.runId, undefined);
    await stack.redis.start();
    await until(t, "it is connected again", () => redis.runId !== undefined);
    t.not(redis.runId, first);
    t.equal(await redis.call("SET", "a", "1"), "OK");
  },
);

t.test("connectRedis() uses no Redis that evicts", async (t) => {
  const stack = await startStack({ services: ["redis"] }, new AbortController().signal);
  t.teardown(() => stack.stop());
  const setUp = await connectRedis(stack.redis.url, { log, waitMs: 60_000 });
  await setUp.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  await setUp.close();
  const redis = await connectRedis(stack.redis.url, { log, waitMs: 0 });
  t.teardown(() => redis.close());
  const refusal = async () => String(await redis.call("GET", "a").catch((error: unknown) => error));
  await until(t, "it has asked for the policy", async () => !/not connected yet/.test(await refusal()));
  t.equal(redis.runId, undefined);
  await t.rejects(redis.call("GET", "a"), { ...unavailable, message: /maxmemory-policy.*allkeys-lru/ });
});

t.test("connectRedis() takes an absent server for an outage, and stops at its signal", async (t) => {
  const end = new AbortController();
  // Where nobody ever listens; a port that was free a moment ago another test may have by now.
  const url = "redis://me:hidden@127.0.0.1:1";
  const redis = await connectRedis(url, { log, waitMs: 0, signal: end.signal });
  const refusal = async () => String(await redis.call("GET", "a").catch((error: unknown) => error));
  await until(t, "it has tried", async () => !/not connected yet/.test(await refusal()));
  t.equal(redis.runId, undefined);
  const message = "Cannot reach Redis at redis://me:********@127.0.0.1:1: no connection (ECONNREFUSED)";
  await t.rejects(redis.call("GET", "a"), { ...unavailable, message });
  end.abort();
  await t.rejects(redis.call("GET", "a"), unavailable);
});

t.test("script() runs by hash and by text, and its own errors are no outage", async (t) => {
  const redis = await connectRedis(process.env.REDIS_URL ?? "", { log, waitMs: 60_000 });
  t.teardown(() => redis.close());
  const script = redisScript(`return {KEYS[1], ARGV[1], '${Math.random()}'}`);
  const first = await redis.script(script, ["k"], [1]);
  t.strictSame(await redis.script(script, ["k"], [1]), first);
  const wrong = await redis.call("HGET", "only one").catch((error: unknown) => error);
  t.notOk(wrong instanceof Unavailable);
  t.match(wrong, /wrong number of arguments/);
});

t.test("redisError() tells an outage from a mistake", (t) => {
  const place = "redis://cache:6379";
  const reply = (message: string) => Object.assign(new Error(message), { name: "ReplyError" });
  for (const message of [
    "LOADING Redis is loading",
    "OOM command not allowed",
    "ERR Error running script: -READONLY You can't write",
    "NOAUTH Authentication required.",
  ])
    t.match(redisError(reply(message), place), unavailable, message);
  for (const message of [
    "ERR unknown command",
    "WRONGTYPE Operation against a key",
    "ERR Error running script: attempt to index nil",
  ])
    t.equal(redisError(reply(message), place).name, "ReplyError", message);
  t.match(redisError(new Error("Connection is closed."), place), unavailable);
  t.end();
});
