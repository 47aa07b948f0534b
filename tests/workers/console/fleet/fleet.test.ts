import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { createMetrics } from "../../../../workers/_runtime/metrics.ts";
import { metricsOf, readMetrics } from "../../../../workers/console/fleet/metrics.ts";
import { sumOf } from "../../../../workers/console/fleet/progress.ts";
import { Speeds } from "../../../../workers/console/fleet/speeds.ts";

t.test("metricsOf() sums what a worker's own registry says", async (t) => {
  const metrics = createMetrics({ worker: "billing" });
  metrics.parkedKeys.set({ topic: "orders", partition: "0" }, 3);
  metrics.parkedKeys.set({ topic: "orders", partition: "1" }, 4);
  metrics.breaker.set({ dependency: "any" }, 0.5);
  metrics.haltedPartitions.set({ topic: "orders" }, 1);
  metrics.inFlight.set(9);
  t.same(metricsOf(await metrics.registry.metrics()), {
    worker: "billing",
    metrics: { processes: 1, parkedKeys: 7, breaker: 0.5, haltedPartitions: 1, inFlight: 9 },
  });
  t.equal(metricsOf("nothing of ours 1\n"), undefined);
});

t.test("readMetrics() adds up a worker's processes and names those that don't answer", async (t) => {
  const metrics = createMetrics({ worker: "billing" });
  metrics.inFlight.set(2);
  const server = createServer(async (_request, response) => response.end(await metrics.registry.metrics()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  // A TCP server's address is an object.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const silent = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => gone.close(() => resolve()));
  const read = await readMetrics([url, url, silent], new AbortController().signal);
  t.match(read.byWorker.get("billing"), { processes: 2, inFlight: 4, breaker: 0 });
  t.same(read.silent, [silent]);
});

t.test("sumOf() counts lag from the committed offset, or from the low end without one", async (t) => {
  const offsets = [
    { partition: 0, low: 10, high: 30 },
    { partition: 1, low: 0, high: 5 },
    { partition: 2, low: 50, high: 60 },
  ];
  const committed = [
    { partition: 0, offset: 25, metadata: "" },
    { partition: 1, offset: undefined, metadata: "" },
    // Behind what retention left.
    { partition: 2, offset: 7, metadata: "" },
  ];
  t.same(sumOf(offsets, committed), { lag: 5 + 5 + 10, done: 25 + 0 + 50 });
});

t.test("Speeds tells records a second over the last looks, and nothing at the first", async (t) => {
  const speeds = new Speeds();
  t.equal(speeds.observe("a", 100, 0), undefined);
  t.equal(speeds.observe("a", 300, 2_000), 100);
  t.equal(speeds.observe("a", 300, 4_000), 50);
  t.equal(speeds.observe("b", 5, 4_000), undefined, "each worker for itself");
  t.equal(speeds.observe("a", 300, 60_000), 0, "after a long pause by the last look");
  t.equal(speeds.observe("a", 0, 62_000), 0, "never negative: a topic was made anew");
});
