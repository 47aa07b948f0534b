import t from "tap";
import { compare, longestGap } from "./compare.ts";
import { sumOf } from "./meter.ts";
import { evenly, scaled } from "./policies.ts";
import { clientPortOf } from "./redis-calls.ts";
import { formOf } from "./redis-memory.ts";
import { evenTimes, sideBySide } from "./side-by-side.ts";
import { writtenOf } from "./topic-bytes.ts";
import { histogram, timesOf, together } from "./trace.ts";

t.test("histogram() counts times by step, timesOf() spreads counts over them", async (t) => {
  t.same(histogram([0, 99, 100, 350], 100), [2, 1, 0, 1]);
  t.same(timesOf([2, 0, 1], 100), [0, 50, 200]);
  t.same(histogram(timesOf([3, 0, 7, 1], 100), 100), [3, 0, 7, 1]);
});

t.test("together() sums the named records' counts, whichever lasts longer", async (t) => {
  const trace = { stepMs: 100, counts: { a: [1, 2], b: [0, 1, 5], c: [9] } };
  t.same(together(trace, ["a", "b", "missing"]), [1, 3, 5]);
});

t.test("scaled() keeps the sum where fractions are left over", async (t) => {
  const counts = [1, 1, 1, 1];
  t.same(scaled(counts, 2.5), [3, 2, 3, 2]);
  t.equal(
    scaled(counts, 0.25).reduce((a, b) => a + b),
    1,
  );
});

t.test("evenly() has as many records a second as wanted", async (t) => {
  const spike = { trace: { stepMs: 100, counts: {} } } as unknown as Parameters<typeof evenly>[2];
  const counts = evenly(33, 10, spike);
  t.equal(counts.length, 100);
  t.equal(
    counts.reduce((a, b) => a + b),
    330,
  );
  t.ok(Math.max(...counts) - Math.min(...counts) <= 1);
});

t.test("sideBySide() gives each fan two seats of its own", async (t) => {
  const rows = [
    { name: "A", seats: 5 },
    { name: "B", seats: 2 },
  ];
  const steps = [...sideBySide({ times: [0, 10], from: 7, pair: 1, rows })];
  t.same(
    steps.map(({ at, fan, choices }) => [at, fan, choices]),
    [
      [0, 7, [["A-3", "A-4"]]],
      [10, 8, [["B-1", "B-2"]]],
    ],
  );
  t.throws(() => [...sideBySide({ times: [0, 1], from: 0, pair: 2, rows })], /as the hall has 3/);
  t.same(evenTimes(4, 1), [0, 250, 500, 750]);
});

t.test("sumOf() adds up a metric's series in Prometheus' text, of one label if wanted", async (t) => {
  const text = [
    "# HELP boxoffice_x_total x",
    'boxoffice_x_total{worker="a",result="committed"} 3',
    'boxoffice_x_total{worker="a",result="aborted"} 4',
    "boxoffice_x_total_more 9",
    "process_cpu_seconds_total 1.5e-1",
  ].join("\n");
  t.equal(sumOf(text, "boxoffice_x_total"), 7);
  t.equal(sumOf(text, "boxoffice_x_total", 'result="committed"'), 3);
  t.equal(sumOf(text, "process_cpu_seconds_total"), 0.15);
});

t.test("clientPortOf() knows who asked Redis, and what a script did of itself", async (t) => {
  t.equal(clientPortOf('1339518083.107412 [0 127.0.0.1:60866] "evalsha" "x"'), "60866");
  t.equal(clientPortOf('1339518083.107412 [0 lua] "hset" "x"'), undefined);
  t.equal(clientPortOf("+OK"), undefined);
});

t.test("formOf() leaves words and takes away what names one thing", async (t) => {
  t.equal(formOf("address:b41-fan-7"), "address:*");
  t.equal(formOf("seats:k3jd:concert:bench-hall"), "seats:*:concert:bench-hall");
});

t.test("writtenOf() counts keys, values and headers", async (t) => {
  const record = { topic: "t", partition: 0, offset: 0, timestamp: 0 };
  const headers = [["ab", Buffer.from("xyz")] as const, ["n", null] as const];
  const key = Buffer.from("key");
  t.same(
    writtenOf([
      { ...record, key, value: Buffer.alloc(10), headers },
      { ...record, key: null, value: null, headers: [] },
    ]),
    {
      records: 2,
      bytes: 3 + 10 + 5 + 1,
    },
  );
});

t.test("longestGap() looks only behind the given time", async (t) => {
  t.equal(longestGap([0, 5_000, 5_100, 6_000, 6_050], 5_500), 500);
  t.equal(longestGap([0, 5_000], 0), 5_000);
});

t.test(
  "compare() finds nothing wrong with what went as simulated, and says how far off something else was",
  async (t) => {
    const arrivedAt = Array.from({ length: 100 }, (_, i) => i * 10);
    const setting = {
      partitions: 1,
      member: { concurrency: 10, commitSeconds: 0 },
      pods: 1,
      join: 1,
      start: 0,
    };
    const like = { name: "x", arrivedAt, handlerSeconds: 1, secondStartedAt: undefined, readyMs: undefined };
    // Ten handlers at once: ten records a second, and the first ten a second after the first came.
    const well = compare(
      { ...like, paidAt: arrivedAt.map((_, i) => 1_000 * (1 + Math.floor(i / 10)) - 1) },
      setting,
    );
    t.equal(well.records, 100);
    t.ok(Math.abs(well.simulated - well.real) <= 0.3, `${well.real} and ${well.simulated}`);
    t.ok(well.furthest <= 0.03, `${well.furthest}`);
    const late = compare({ ...like, paidAt: arrivedAt.map((_, i) => 6_000 + i * 100) }, setting);
    t.ok(late.furthest > 0.4, "five seconds late at ten a second: half of them");
  },
);
