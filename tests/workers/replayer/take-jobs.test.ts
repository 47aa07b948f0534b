import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import t from "tap";
import { replayQueue } from "../../../workers/_letters/mod.ts";
import { connectRedis } from "../../../workers/_runtime/mod.ts";
import { type CarryOut, takeJobs } from "../../../workers/replayer/take-jobs.ts";
import { until } from "../../_support/fleet.ts";
import { unique } from "../../_support/kafka.ts";

const log = pino({ level: "silent" });
const url = process.env.REDIS_URL ?? "";

/** A queue of the test's own, which may be emptied. */
async function ground(t: Parameters<typeof until>[0], carryOut: CarryOut) {
  const prefix = unique("jobs");
  const queue = await replayQueue({ url, log, prefix });
  t.teardown(() => queue.close());
  const redis = await connectRedis(url, { log });
  t.teardown(() => redis.close());
  const jobs = await takeJobs({ url, log, prefix }, carryOut);
  t.teardown(() => jobs.close());
  const empty = async () => {
    const keys = await redis.call("KEYS", `${prefix}:*`);
    if (Array.isArray(keys) && keys.length > 0) await redis.call("DEL", ...keys.map(String));
  };
  return { queue, empty };
}

t.test("takeJobs() carries a job out one run at a time, however often Redis forgets it", async (t) => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const written = Promise.withResolvers<void>();
  const { queue, empty } = await ground(t, async (_, signal) => {
    runs++;
    most = Math.max(most, ++running);
    if (!signal.aborted) await once(signal, "abort");
    // A transaction is on its way: it takes a while to let go, here longer than Redis goes on forgetting.
    await written.promise;
    running--;
    throw signal.reason;
  });
  await queue.schedule("plan-1");
  await until(t, "it runs", () => runs === 1);
  for (let n = 0; n < 3; n++) {
    await empty();
    await queue.schedule("plan-1");
    await sleep(300);
  }
  t.equal(runs, 1, "nobody else begins before it has let go");
  written.resolve();
  await until(t, "the last one runs", () => runs >= 2 && running === 1);
  await sleep(200);
  t.equal(most, 1);
});
