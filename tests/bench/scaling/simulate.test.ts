import fc from "fast-check";
import t from "tap";
import type { Direction } from "./autoscaler.ts";
import { percentile } from "./queues.ts";
import { type Scenario, simulate } from "./simulate.ts";

const none: Direction = { windowSeconds: 0, select: "Max", policies: [] };
const atOnce: Direction = { ...none, policies: [{ type: "Pods", value: 12, periodSeconds: 15 }] };
const times = { schedule: 1, start: 0.5, join: 0.5 };
const member = { concurrency: 10, handlerSeconds: 0.5, commitSeconds: 0.1 };

function scenario(more: Partial<Scenario> = {}): Scenario {
  return {
    ...{ arrivals: [], stepSeconds: 0.1, partitions: 4, member, times, pods: 1, autoscaler: undefined },
    ...more,
  };
}

function scaledBy(lagThreshold: number, firstSeconds = 0) {
  const rules = { min: 1, max: 4, tolerance: 0.1, up: atOnce, down: { ...atOnce, windowSeconds: 60 } };
  return {
    rules,
    trigger: { lagThreshold, allowIdleConsumers: true },
    everySeconds: 5,
    firstSeconds,
    ageSeconds: 0,
  };
}

const idle = (steps: number) => Array.from({ length: steps }, () => 0);

t.test("simulate() loses and makes up no record: what came is done or undone, at every step", async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 60 }),
        (arrivals, partitions, pods, lagThreshold) => {
          const course = simulate(
            scenario({ arrivals, partitions, pods, autoscaler: scaledBy(lagThreshold) }),
          );
          let [came, before] = [0, 0];
          for (const [i, { arrived, done, lag }] of course.moments.entries()) {
            came += arrivals[i] ?? 0;
            if (arrived !== came || arrived !== done + lag || done < before) return false;
            before = done;
          }
          return course.took.reduce((sum, { records }) => sum + records, 0) === before;
        },
      ),
    ),
  );
});

t.test("simulate() has one member do its handlers' speed and no more", async (t) => {
  const { moments } = simulate(scenario({ arrivals: [400, ...idle(299)] }));
  const drained = moments.find(({ lag }) => lag === 0)?.at ?? 0;
  t.ok(
    Math.abs(drained - (400 / 20 + 0.1)) < 0.01,
    `400 records at 20 a second, and the last ones' transaction: ${drained}`,
  );
});

t.test("simulate() starts as many handlers at once as there are, and the next when one ends", async (t) => {
  const { moments } = simulate(scenario({ arrivals: [25, ...idle(49)] }));
  const doneAt = (seconds: number) => moments.find(({ at }) => at > seconds - 0.01)?.done;
  t.same([0.5, 0.6, 1, 1.1, 1.5, 1.6].map(doneAt), [0, 10, 10, 20, 20, 25]);
});

t.test("simulate() has members beyond the partitions do nothing", async (t) => {
  const drainedWith = (pods: number) =>
    simulate(scenario({ arrivals: [400, ...idle(399)], pods })).moments.find(({ lag }) => lag === 0)?.at;
  t.equal(drainedWith(8), drainedWith(4));
  t.ok((drainedWith(4) ?? 0) < (drainedWith(2) ?? 0));
});

t.test("simulate() leaves an uneven share of partitions as uneven as it is", async (t) => {
  const arrivals = [600, ...idle(399)];
  const drained = simulate(scenario({ arrivals, pods: 3 })).moments.find(({ lag }) => lag === 0)?.at ?? 0;
  t.ok(drained > 14, `one of three has two of four partitions, 300 records at 20 a second: ${drained}`);
});

t.test(
  "simulate() orders pods by the lag, which work once they joined; nothing is started meanwhile",
  async (t) => {
    const { moments, rebalances } = simulate(
      scenario({ arrivals: [400, ...idle(299)], autoscaler: scaledBy(100, 5) }),
    );
    const at = (seconds: number) => moments.find((moment) => moment.at > seconds);
    t.match(at(4.9), { pods: 1, working: 1 });
    t.match(at(5.2), { pods: 4, working: 1 }, "400 less 90 done: 4 pods at 100 each");
    t.match(at(6.7), { working: 0 }, "they join");
    t.match(at(7.2), { working: 4 });
    t.equal(rebalances, 1);
  },
);

t.test("simulate() shows an autoscaler with an older lag later what happened", async (t) => {
  const ordered = (ageSeconds: number) =>
    simulate(
      scenario({ arrivals: [...idle(45), 400, ...idle(299)], autoscaler: { ...scaledBy(100), ageSeconds } }),
    ).moments.find(({ pods }) => pods > 1)?.at ?? 0;
  t.ok(Math.abs(ordered(0) - 5.1) < 0.11);
  t.ok(Math.abs(ordered(3) - 10.1) < 0.11);
});

t.test("simulate() obeys orders of people, and counts pods for as long as they are ordered", async (t) => {
  const { moments, podSeconds } = simulate(scenario({ arrivals: idle(100), orders: [{ at: 5, pods: 3 }] }));
  t.equal(moments.at(-1)?.pods, 3);
  t.ok(Math.abs(podSeconds - (5 + 5 * 3)) < 0.31);
});

t.test(
  "simulate() shows how lag counted up to a pod a partition leaves one of eleven members behind for ever",
  async (t) => {
    const rules = { min: 1, max: 12, tolerance: 0.1, up: atOnce, down: { ...atOnce, windowSeconds: 600 } };
    const after = (allowIdleConsumers: boolean) => {
      const trigger = { lagThreshold: 20, allowIdleConsumers };
      // A burst, so that no look sees the lag grow; then 15 a second a partition: a member with two gets 30, and does 20.
      const arrivals = Array.from({ length: 1_200 }, (_, i) => (i === 0 ? 900 : i % 10 === 0 ? 180 : 0));
      const autoscaler = { rules, trigger, everySeconds: 15, firstSeconds: 15, ageSeconds: 0 };
      return simulate(scenario({ arrivals, partitions: 12, pods: 11, autoscaler })).moments.at(-1);
    };
    t.match(after(false), { pods: 11 });
    t.ok((after(false)?.lag ?? 0) > 900, `${after(false)?.lag} lie undone`);
    t.match(after(true), { pods: 12 });
    t.ok((after(true)?.lag ?? 0) < 300, `${after(true)?.lag} lie undone`);
  },
);

t.test("percentile() weighs by records", async (t) => {
  const took = [
    { at: 0, seconds: 3, records: 1 },
    { at: 0, seconds: 1, records: 98 },
    { at: 0, seconds: 2, records: 1 },
  ];
  t.equal(percentile(took, 0.5), 1);
  t.equal(percentile(took, 0.99), 2);
  t.equal(percentile(took, 1), 3);
  t.equal(percentile([], 0.5), 0);
});
