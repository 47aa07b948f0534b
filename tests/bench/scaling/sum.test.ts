import t from "tap";
import { ASSUMED } from "./assumed.ts";
import { ceilingsOf } from "./ceilings.ts";
import type { MeasuredReservation } from "./measured.ts";
import { sumOf } from "./sum.ts";

const written = (disk: number) => ({ records: 1, bytes: disk, disk });
const paced = (perSecond: number, cpuMs: Readonly<Record<string, number>>) => ({
  ...{
    perSecond,
    requests: 1_000,
    accepted: 1_000,
    cpuMs: { ...cpuMs },
    transactions: 0.2,
    redisBytes: 1_000,
  },
  topics: { reservations: written(300), payments: written(100) },
});
const measured: MeasuredReservation = {
  ...{ at: "", machine: { cores: 2, cpu: "", load: 0, node: "" }, idle: {} },
  loads: [
    paced(200, { intake: 1, payment: 0.6, kafka: 0.5, redis: 0.3 }),
    paced(50, { intake: 9, payment: 9, kafka: 9, redis: 9 }),
  ],
  refused: paced(200, { intake: 0.5, payment: -0.1, kafka: -0.2, redis: 0.1 }),
  redisCalls: { intake: 3, payment: 0 },
  transactions: [{ recordsEach: 1, perSecond: 100, recordsPerSecond: 100, msEach: 1, p50Ms: 6 }],
};
const facts = [
  { name: "intake", concurrency: 64, topics: 0 },
  { name: "payment", concurrency: 64, topics: 1 },
];
const assumed = {
  ...ASSUMED,
  gatewaySeconds: 0.3,
  podBusy: 0.5,
  redisBusy: 0.5,
  brokerBusy: 0.5,
  brokerCores: 2,
};

t.test("sumOf() counts with the highest rate that was measured", async (t) => {
  const sum = sumOf({ name: "", requestsPerSecond: 10_000, acceptedShare: 1 }, measured, facts, assumed);
  t.match(
    sum.workers,
    [
      { name: "intake", cores: 10, byCpu: 20, pods: 20 },
      { name: "payment", cores: 6, byCpu: 12, byWaiting: 94, pods: 94 },
    ],
    "0.3 s of a place for each of 10,000 a second, 64 places a pod, half of them busy",
  );
  t.equal(sum.partitions, 144, "94 pods and a third more, as a number that many divide");
  t.equal(sum.logMb, 4);
  t.equal(sum.diskMb, 12);
  t.equal(sum.fetchMb, 14, "four groups read the one topic, two the other");
  t.equal(sum.brokerCores, 10, "two followers cost half each");
  t.equal(sum.brokers, 10);
  t.same(sum.transactions, { least: 144 * 4, most: 144 * 40 });
  t.equal(sum.redisCalls, 30_000);
  t.equal(sum.redisShards, 6);
  t.equal(sum.redisGb, 0.6);
  t.ok(Math.abs(sum.diskGb - 0.72) < 1e-9);
});

t.test("sumOf() has refused requests cost intake and Redis only, and noise nothing", async (t) => {
  const sum = sumOf({ name: "", requestsPerSecond: 10_000, acceptedShare: 0.4 }, measured, facts, assumed);
  t.match(sum.workers, [
    { name: "intake", cores: 4 + 3 },
    { name: "payment", cores: 2.4 },
  ]);
  t.equal(sum.acceptedPerSecond, 4_000);
  t.ok(Math.abs(sum.redisCores - (1.2 + 0.6)) < 1e-9);
  t.equal(sum.redisCalls, 12_000 + 6_000);
});

t.test("ceilingsOf() puts first what breaks first", async (t) => {
  const shipped = { pods: { intake: 10, payment: 12 }, brokers: 3 };
  const ceilings = ceilingsOf(shipped, measured, facts, assumed);
  t.same(
    ceilings.map(({ part, perSecond }) => [part, Math.round(perSecond)]),
    [
      ["payment", 2_560],
      ["brokers", 3_000],
      ["Redis", 3_333],
      ["intake", 5_000],
      ["payment", 10_000],
      ["intake", 213_333],
    ],
  );
});
