import pino from "pino";
import t from "tap";
import { ClockSkew } from "../../../workers/_runtime/clock-skew.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test("ClockSkew tells what is possible nearest to 0", async (t) => {
  const cases: readonly [string, readonly [number | undefined, number, number][], number | undefined][] = [
    ["nothing seen", [], undefined],
    ["equal clocks, slow network", [[1000, 1400, 1900]], 0],
    ["ahead by at least 800", [[1800, 1000, 2200]], 800],
    [
      "the quickest tells most",
      [
        [1800, 1000, 2200],
        [2850, 2000, 2900],
      ],
      850,
    ],
    ["behind by at least 600", [[200, 1000, 400]], -600],
    ["another member's tells only when it is behind", [[undefined, 1000, 700]], -300],
    ["another member's can't tell that it is ahead", [[undefined, 1000, 2900]], 0],
  ];
  for (const [name, samples, expected] of cases) {
    const skew = new ClockSkew();
    for (const [decided, appended, read] of samples) skew.observe(decided, appended, read);
    t.equal(skew.value(3000), expected, name);
  }
});

t.test("ClockSkew forgets, and believes what is new when the clock was set", async (t) => {
  const skew = new ClockSkew();
  skew.observe(5_000, 1_000, 5_010);
  t.equal(skew.value(6_000), 4_000);
  skew.observe(40_000, 40_000, 40_010);
  t.equal(skew.value(40_020), 0, "they contradict each other");
  t.equal(skew.value(200_000), undefined);
});

t.test("ClockSkew.alarm() warns beyond 500 ms, once a minute", async (t) => {
  const lines: { skewMs: number }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const skew = new ClockSkew();
  skew.observe(1_500, 1_000, 1_510);
  skew.alarm(1_600, log);
  t.same(lines, [], "500 is no more than 500");
  skew.observe(2_600, 2_000, 2_610);
  for (const now of [2_700, 3_700, 20_000]) skew.alarm(now, log);
  t.match(lines, [{ skewMs: 600, msg: /ahead/ }]);
});

for (const [direction, offMs] of [
  // A slow machine's append and fetch take away from what can be told: much more than they ever last.
  ["ahead of", 60_000],
  ["behind", -60_000],
] as const) {
  t.test(`a clock ${direction} the broker's shows in the metric`, async (t) => {
    const real = Date.now;
    Date.now = () => real() + offMs;
    t.teardown(() => {
      Date.now = real;
    });
    const f = await fleet(t);
    const source = noteTopic(f.unique("skew"), 1);
    const worker = defineWorker({
      name: f.unique("late"),
      reads: [from(source, Note)],
      retry: ["200ms"],
      handle(_, { attempt }) {
        if (attempt === 1) throw new Error("once");
      },
    });
    await f.prepare([source], [worker]);
    await f.send(Array.from({ length: 20 }, (_, n) => f.note(source, { key: `k${n}`, n })));
    const { health } = await f.run(worker);
    let told = 0;
    await until(t, "the metric tells it", async () => {
      const metrics = await (await fetch(`${health.url}/metrics`)).text();
      told = 1_000 * Number(/^boxoffice_clock_skew_seconds\S* (\S+)$/m.exec(metrics)?.[1]);
      return Math.abs(told) > 500;
    });
    t.ok(Math.sign(told) === Math.sign(offMs) && Math.abs(told) <= Math.abs(offMs) + 1, `${told} ms`);
  });
}
