import { carryOut, createLanes, knownStates, planStore, replayQueue } from "../_letters/mod.ts";
import { defineWorker } from "../_runtime/mod.ts";
import { reconcile } from "./reconcile.ts";
import { takeJobs } from "./take-jobs.ts";

/** Puts dead letters back to work: carries out the plans that operators start. Several may run. */
export default defineWorker({
  name: "replayer",
  reads: [],
  permissions: { net: ["REDIS_URL"] },
  async serve({ config, broker, log, signal, defer, readiness }) {
    const { url } = config.redis;
    const states = knownStates(broker);
    const lanes = createLanes(broker, states);
    defer(() => lanes.close());
    const store = planStore(broker);
    const queue = await replayQueue({ url, log });
    defer(() => queue.close());
    let caughtUp = false;
    readiness("plans", () => (caughtUp ? undefined : "has not read fleet.plans yet"));
    const jobs = await takeJobs({ url, log }, async (plan, ended) => {
      log.info({ plan }, "takes a replay up");
      await carryOut({ broker, store, lanes, states }, plan, ended);
      log.info({ plan }, "a replay is through");
    });
    // Deferred after the lanes, so closed before them: what is in flight still has its lane.
    defer(() => jobs.close());
    void reconcile({ log: store.log, queue, logger: log }, signal, () => {
      caughtUp = true;
    });
  },
});
