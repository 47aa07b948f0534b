import { reservations } from "../../schemas/topics.ts";
import { createAddresses } from "../_addresses/mod.ts";
import { measureRequests } from "../_runtime/http-metrics.ts";
import { connectRedis, defineWorker, UsageError } from "../_runtime/mod.ts";
import { createSeatMap, watchSeatMap } from "../_seats/mod.ts";
import { createCatalogue } from "./catalogue.ts";
import type { Desk } from "./desk.ts";
import { createServer } from "./server.ts";

/** @throws {UsageError} when the address is another's or not this machine's */
async function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UsageError(`Cannot listen at INTAKE_HOST=${host}, INTAKE_PORT=${port}: ${why}`, {
      cause: error,
    });
  }
}

/** Takes reservations and cancellations over HTTP, and shows the halls filling up. */
export default defineWorker({
  name: "intake",
  reads: [],
  emits: [reservations],
  permissions: { net: ["REDIS_URL"] },
  async setup(host) {
    const { config, log } = host;
    const redis = await connectRedis(config.redis.url, { log });
    host.defer(() => redis.close());
    const seatMap = createSeatMap(redis);
    void watchSeatMap(host, seatMap);
    const { holdMs, publishTimeoutMs } = config.intake;
    const desk: Desk = {
      seatMap,
      addresses: createAddresses(redis),
      ...createCatalogue(seatMap),
      publish: (event, signal) => host.publish(reservations, event, { signal }),
      publishTimeoutMs,
      holdMs,
      log,
    };
    return { desk };
  },
  async serve(host, { desk }) {
    const { rate, maxInFlight, ...endpoint } = host.config.intake;
    const server = createServer(desk, { rate, maxInFlight });
    measureRequests(server, host.metrics);
    // Deferred after Redis, so closed before it: what is in flight still has its seat map.
    host.defer(() => server.close());
    host.log.info({ url: await listen(server, endpoint.host, endpoint.port) }, "intake listens");
  },
});
