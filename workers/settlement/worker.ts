import { concerts, payments, reservations } from "../../schemas/topics.ts";
import { CancellationRequested, Concert, PaymentCaptured, PaymentDeclined } from "../../schemas/types.ts";
import { connectRedis, defineWorker, from } from "../_runtime/mod.ts";
import { createSeatMap, keepSeatMapOpen, REBUILD_PERMISSIONS, watchSeatMap } from "../_seats/mod.ts";
import { handle } from "./handle.ts";

export default defineWorker({
  name: "settlement",
  reads: [
    from(payments, PaymentCaptured, PaymentDeclined),
    from(reservations, CancellationRequested),
    // The catalogue beside the seats: cut-offs for itself, prices and halls for intake.
    from(concerts, Concert),
  ],
  emits: [reservations],
  permissions: { net: ["REDIS_URL"], kafka: REBUILD_PERMISSIONS },
  async setup(host) {
    const redis = await connectRedis(host.config.redis.url, { log: host.log });
    host.defer(() => redis.close());
    void keepSeatMapOpen(host, redis);
    const seatMap = createSeatMap(redis);
    void watchSeatMap(host, seatMap);
    return { seatMap };
  },
  handle,
});
