import {
  carryOut,
  createLanes,
  knownStates,
  openLetters,
  planStore,
  replayQueue,
  type Said,
} from "../_letters/mod.ts";
import { defineWorker } from "../_runtime/mod.ts";
import { replayMetrics } from "./metrics.ts";
import { reconcile } from "./reconcile.ts";
import { takeJobs } from "./take-jobs.ts";
import { watchLetters } from "./watch-letters.ts";

/** How often it is said how the jobs stand. */
const SAY_EVERY_MS = 2_000;

/** Puts dead letters back to work: carries out the plans that operators start. Several may run. */
export default defineWorker({
  name: "replayer",
  reads: [],
  permissions: { net: ["REDIS_URL"], kafka: { letters: "replay" } },
  async serve({ config, broker, log, signal, defer, readiness, metrics }) {
    const { url } = config.redis;
    const states = knownStates(broker);
    const lanes = createLanes(broker, states);
    defer(() => lanes.close());
    const store = planStore(broker);
    const queue = await replayQueue({ url, log });
    defer(() => queue.close());
    let caughtUp = false;
    readiness("plans", () => (caughtUp ? undefined : "has not read fleet.plans yet"));
    const counted = replayMetrics(metrics);
    const jobs = await takeJobs({ url, log }, async (plan, ended, progress) => {
      log.info({ plan }, "takes a replay up");
      const heard = (said: Said) => {
        counted.heard(plan, said);
        const { phase, sent, processed, deadAgain, underWay, skipped } = said;
        progress({ phase, sent, processed, deadAgain, underWay, skipped });
      };
      try {
        await carryOut({ broker, store, lanes, states, heard }, plan, ended);
        log.info({ plan }, "a replay is through");
      } finally {
        counted.ended(plan);
      }
    });
    // Deferred after the lanes, so closed before them: what is in flight still has its lane.
    defer(() => jobs.close());
    void reconcile({ log: store.log, queue, logger: log }, signal, () => {
      caughtUp = true;
    });
    const saying = setInterval(() => counted.planned(store.log.all(), Date.now()), SAY_EVERY_MS);
    defer(() => clearInterval(saying));
    const letters = { count: openLetters(broker, states), log };
    void watchLetters({ ...letters, counted: (open) => counted.open(open, Date.now()) }, signal);
  },
});
