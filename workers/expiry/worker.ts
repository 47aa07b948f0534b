import { reservations } from "../../schemas/topics.ts";
import { HoldDue, ReservationConfirmed, ReservationRequested } from "../../schemas/types.ts";
import { connectRedis, createTimers, defineWorker, from } from "../_runtime/mod.ts";
import {
  createSeatMap,
  HOLD_TIMERS,
  type HoldTimer,
  keepSeatMapOpen,
  REBUILD_PERMISSIONS,
  watchSeatMap,
} from "../_seats/mod.ts";
import { handle } from "./handle.ts";

export default defineWorker({
  name: "expiry",
  reads: [from(reservations, ReservationRequested, HoldDue, ReservationConfirmed)],
  emits: [reservations],
  permissions: { net: ["REDIS_URL"], kafka: REBUILD_PERMISSIONS },
  async setup(host) {
    const { url } = host.config.redis;
    const redis = await connectRedis(url, { log: host.log });
    host.defer(() => redis.close());
    const timers = await createTimers<HoldTimer>(
      { url, name: HOLD_TIMERS, log: host.log },
      async (due) => await host.publish(reservations, { type: "HoldDue", ...due }, { signal: host.signal }),
    );
    host.defer(() => timers.close());
    void keepSeatMapOpen(host, redis);
    const seatMap = createSeatMap(redis);
    void watchSeatMap(host, seatMap);
    return { seatMap, timers };
  },
  handle,
});
