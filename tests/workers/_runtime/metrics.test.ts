import { Registry } from "prom-client";
import t from "tap";
import { boundedLabel } from "../../../workers/_runtime/bounded-label.ts";
import { createMetrics } from "../../../workers/_runtime/metrics.ts";
import { gauge, registered } from "../../../workers/_runtime/mod.ts";
import { outcomes } from "../../../workers/_runtime/outcome.ts";
import { processRegistry } from "../../../workers/_runtime/process-metrics.ts";
import { TRANSACTION_RESULTS } from "../../../workers/_runtime/reader-metrics.ts";

t.test("createMetrics() publishes the runtime's metrics with the worker's name", async (t) => {
  const metrics = createMetrics({ worker: "payment" });
  metrics.outcome("reservations", "done", 3);
  metrics.outcome("reservations", "dead letter");
  metrics.deadLetter("reservations", "decode", "TypeError", "abc");
  metrics.handlerSeconds.observe({ topic: "reservations" }, 0.01);
  metrics.breaker.set({ dependency: "gateway" }, 1);
  metrics.transactions.inc({ result: "fenced" });
  metrics.inFlight.set(2);
  const text = await metrics.registry.metrics();
  for (const line of [
    'boxoffice_records_total{topic="reservations",outcome="done",worker="payment"} 3',
    'boxoffice_records_total{topic="reservations",outcome="dead letter",worker="payment"} 1',
    'boxoffice_dead_letters_total{topic="reservations",stage="decode",error="TypeError",fingerprint="abc",worker="payment"} 1',
    'boxoffice_handler_seconds_bucket{le="0.02",worker="payment",topic="reservations"} 1',
    'boxoffice_breaker_open{dependency="gateway",worker="payment"} 1',
    'boxoffice_transactions_total{result="fenced",worker="payment"} 1',
    'boxoffice_in_flight{worker="payment"} 2',
  ])
    t.ok(text.includes(`${line}\n`), line);
  t.match(text, /^nodejs_eventloop_lag_seconds\{/m);
  t.match(text, /^process_resident_memory_bytes\{/m);
});

t.test("Metrics.startAtZero() lets every outcome and result be seen to increase from 0", async (t) => {
  const metrics = createMetrics({ worker: "payment" });
  metrics.startAtZero(["reservations"]);
  const text = await metrics.registry.metrics();
  for (const outcome of outcomes)
    t.match(text, `boxoffice_records_total{topic="reservations",outcome="${outcome}",worker="payment"} 0`);
  for (const result of TRANSACTION_RESULTS)
    t.match(text, `boxoffice_transactions_total{result="${result}",worker="payment"} 0`);
});

t.test("createMetrics() of two workers share nothing", async (t) => {
  const one = createMetrics({ worker: "one" });
  const two = createMetrics({ worker: "two" });
  one.rebalances.inc();
  t.match(await two.registry.metrics(), 'boxoffice_rebalances_total{worker="two"} 0');
});

t.test("Metrics.partitionGone() forgets the partition's gauges", async (t) => {
  const metrics = createMetrics({ worker: "payment" });
  for (const partition of ["0", "1"]) {
    metrics.lag.set({ topic: "payments", partition }, 5);
    metrics.parkedKeys.set({ topic: "payments", partition }, 1);
  }
  metrics.partitionGone("payments", 1);
  const text = await metrics.registry.metrics();
  t.match(text, 'boxoffice_lag{topic="payments",partition="0"');
  t.notMatch(text, 'partition="1"');
});

t.test("Metrics.deadLetter() tells so many classes and fingerprints apart, and no more", async (t) => {
  const metrics = createMetrics({ worker: "payment" });
  for (let n = 0; n < 500; n++) metrics.deadLetter("reservations", "handle", `Error${n}`, `print${n}`);
  const lines = (await metrics.registry.getSingleMetricAsString("boxoffice_dead_letters_total"))
    .split("\n")
    .filter((line) => line.startsWith("boxoffice_"));
  t.equal(lines.length, 40 + 60 + 1, "known classes, known fingerprints of other classes, the rest");
  t.ok(
    lines.includes(
      'boxoffice_dead_letters_total{topic="reservations",stage="handle",error="other",fingerprint="other",worker="payment"} 400',
    ),
  );
});

t.test("createMetrics() in a registry that is given leaves its identity as it is", async (t) => {
  const registry = processRegistry({ worker: "payment", build: "1.2.3", commit: "abc" });
  t.equal(createMetrics({ worker: "payment", registry }).registry, registry);
  const text = await registry.metrics();
  const identity = `version="1.2.3",commit="abc",node="${process.version}",worker="payment"`;
  t.ok(text.includes(`boxoffice_build_info{${identity}} 1\n`));
  t.match(text, "# TYPE boxoffice_records_total counter\n");
});

t.test("registered() refuses a name twice", async (t) => {
  const registry = new Registry();
  const twice = gauge({ name: "twice", unit: "things", help: "Twice" });
  registered(registry, { twice });
  t.throws(() => registered(registry, { twice }), /boxoffice_twice/);
});

t.test("boundedLabel() lets the first values pass and calls the rest other", async (t) => {
  const label = boundedLabel(2);
  t.same(["a", "b", "c", "a", "d"].map(label), ["a", "b", "other", "a", "other"]);
});
