import t from "tap";
import { Breaker } from "../../../workers/_runtime/breaker.ts";
import { TransactionFailed } from "../../../workers/_runtime/broker.ts";
import { ClockSkew } from "../../../workers/_runtime/clock-skew.ts";
import { observeGauges } from "../../../workers/_runtime/gauges.ts";
import { withOurs } from "../../../workers/_runtime/headers.ts";
import type { Membership } from "../../../workers/_runtime/member.ts";
import { until } from "../../_support/fleet.ts";
import { type OwnedOptions, ownedPartition } from "../../_support/owned.ts";

/** A partition whose gauges are observed when they are asked for. */
function observed(options: OwnedOptions) {
  const own = ownedPartition(options);
  const membership = { sources: ["s"], partitions: [own.owned] } as unknown as Membership;
  const lookups = { hits: 0, misses: 0 };
  const skew = new ClockSkew();
  const gauges = async (metric: string): Promise<readonly number[]> => {
    const { metrics, dispatcher, breaker } = own;
    observeGauges(metrics, { membership, dispatcher, breaker, skew, codec: { lookups } });
    const text = await metrics.registry.getSingleMetricAsString(`boxoffice_${metric}`);
    return text
      .split("\n")
      .filter((line) => line.startsWith("boxoffice_"))
      .map((line) => Number(line.split(" ").at(-1)));
  };
  return { ...own, skew, lookups, gauges, gauge: async (metric: string) => (await gauges(metric))[0] };
}

/** A copy in the retry topic that failed first `agoMs` ago. */
function copyOf(own: ReturnType<typeof ownedPartition>, key: string, origin: number, agoMs: number, due = 1) {
  const id = { topic: "s", partition: 0, offset: origin };
  const firstFailed = Date.now() - agoMs;
  return own.record(
    "s.w.retry.10ms",
    key,
    own.value(origin),
    withOurs([], { id, due, attempt: 2, time: 1, firstFailed }),
  );
}

t.test("observeGauges() counts retries that are due and wait, heads of their keys only", async (t) => {
  const gate = Promise.withResolvers<void>();
  const own = observed({ concurrency: 2, handle: () => gate.promise });
  t.teardown(() => own.close());
  const later = Date.now() + 60_000;
  own.take([
    ...["a", "b", "c", "d", "e"].map((key, n) => copyOf(own, key, n, 1_000)),
    copyOf(own, "a", 10, 500),
    copyOf(own, "f", 11, 500, later),
  ]);
  await until(t, "two run", () => own.dispatcher.running === 2);
  t.equal(await own.gauge("overdue_records"), 3, "not those that run, wait for their time or for their head");
  gate.resolve();
  await until(t, "all that are due were run", () => own.owned.partition.outstanding === 1);
  t.equal(await own.gauge("overdue_records"), 0);
});

t.test("observeGauges() counts retries that an open breaker holds back", async (t) => {
  const breaker = new Breaker({ threshold: 1, firstWaitMs: 60_000 });
  breaker.failed(Date.now(), false);
  const own = observed({ breaker, handle() {} });
  t.teardown(() => own.close());
  own.take([copyOf(own, "a", 0, 1_000), copyOf(own, "b", 1, 1_000)]);
  await until(t, "they are due", async () => (await own.gauge("overdue_records")) === 2);
  t.equal(await own.gauge("breaker_open"), 1);
});

t.test("observeGauges() tells the age of what failed first and is still outstanding", async (t) => {
  const gate = Promise.withResolvers<void>();
  const own = observed({ handle: ({ n }) => (n === 0 ? gate.promise : undefined) });
  t.teardown(() => own.close());
  t.equal(await own.gauge("oldest_parked_seconds"), 0);
  own.take([copyOf(own, "young", 1, 5_000, Date.now() + 60_000), copyOf(own, "old", 0, 90_000)]);
  const age = (await own.gauge("oldest_parked_seconds")) ?? 0;
  t.ok(age >= 90 && age < 120, `${age} s`);
  gate.resolve();
  await until(t, "only the young one is left", async () => {
    const left = (await own.gauge("oldest_parked_seconds")) ?? 0;
    return left >= 5 && left < 60;
  });
});

t.test("observeGauges() forgets a partition that is closed", async (t) => {
  const own = observed({ handle: () => new Promise<void>(() => {}) });
  own.take([copyOf(own, "a", 0, 1_000)]);
  t.same((await own.gauges("overdue_records")).length, 1);
  own.close();
  const text = await own.metrics.registry.metrics();
  for (const metric of ["oldest_parked_seconds", "overdue_records", "outstanding_records"])
    t.notMatch(text, new RegExp(`^boxoffice_${metric}\\{`, "m"), metric);
});

t.test("observeGauges() tells the clock's skew in seconds and the codec's look-ups once", async (t) => {
  const own = observed({ handle() {} });
  t.teardown(() => own.close());
  const now = Date.now();
  own.skew.observe(now, now - 750, now);
  t.equal(await own.gauge("clock_skew_seconds"), 0.75);
  Object.assign(own.lookups, { hits: 5, misses: 1 });
  await own.gauges("codec_cache_total");
  Object.assign(own.lookups, { hits: 7 });
  t.same(await own.gauges("codec_cache_total"), [7, 1]);
});

t.test("a record without a frame counts as a dead letter of stage frame, and as no attempt", async (t) => {
  const own = observed({ handle() {} });
  t.teardown(() => own.close());
  own.take([own.record("s", "k", Buffer.from("no frame")), own.note("k", 1)]);
  await until(t, "both are through", () => own.owned.partition.held === 0);
  const text = await own.metrics.registry.metrics();
  t.match(
    text,
    /boxoffice_dead_letters_total\{topic="s",stage="frame",error="Unframed",fingerprint="[0-9a-f]{12}",worker="w"\} 1\n/,
  );
  t.match(text, /boxoffice_records_total\{topic="s",outcome="dead letter",worker="w"\} 1\n/);
  t.match(text, /boxoffice_handler_seconds_count\{worker="w",topic="s"\} 1\n/, "the note's");
});

t.test("a run whose partition was closed under it counts as dropped", async (t) => {
  const gate = Promise.withResolvers<void>();
  const own = observed({ handle: () => gate.promise });
  own.take([own.note("k", 0)]);
  await until(t, "it runs", () => own.dispatcher.running === 1);
  own.close();
  gate.resolve();
  await until(t, "it ended", () => own.dispatcher.running === 0);
  t.match(
    await own.metrics.registry.metrics(),
    /boxoffice_records_total\{topic="s",outcome="dropped",worker="w"\} 1\n/,
  );
});

for (const [kind, result] of [
  ["fenced", "fenced"],
  ["unknown", "unknown"],
  ["refused", "aborted"],
] as const)
  t.test(`a transaction that fails as ${kind} counts as ${result}`, async (t) => {
    let failed = false;
    const own = observed({
      handle() {},
      commit() {
        if (failed) return;
        failed = true;
        throw new TransactionFailed(kind, "for now", {}, kind !== "refused");
      },
    });
    t.teardown(() => own.close());
    own.take([own.record("s", "k", Buffer.from("no frame"))]);
    await until(t, "it was tried", () => failed);
    const counted = new RegExp(`boxoffice_transactions_total\\{result="${result}",worker="w"\\} 1\\n`);
    await until(t, "it is counted", async () => counted.test(await own.metrics.registry.metrics()));
  });
