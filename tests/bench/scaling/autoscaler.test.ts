import t from "tap";
import {
  type AutoscalerRules,
  askedBy,
  type Direction,
  decide,
  type Memory,
  NO_MEMORY,
} from "./autoscaler.ts";

const AT_ONCE: Direction = {
  windowSeconds: 0,
  select: "Max",
  policies: [{ type: "Percent", value: 1_000, periodSeconds: 15 }],
};

function rules(more: Partial<AutoscalerRules> = {}): AutoscalerRules {
  return { min: 1, max: 100, tolerance: 0.1, up: AT_ONCE, down: AT_ONCE, ...more };
}

/** What the autoscaler orders look after look, each metric being `each` a pod times what is wanted. */
function orders(
  given: AutoscalerRules,
  from: number,
  looks: readonly (readonly [at: number, wanted: number])[],
): number[] {
  let memory: Memory = NO_MEMORY;
  let current = from;
  return looks.map(([at, wanted]) => {
    const decision = decide(given, memory, { at, current, metrics: [{ total: wanted * 10, each: 10 }] });
    memory = decision.memory;
    current = decision.pods;
    return current;
  });
}

t.test("askedBy() is the total over what each is to have, rounded up", async (t) => {
  t.equal(askedBy({ total: 200, each: 100 }, 1, 0.1), 2, "twice as much: twice the pods");
  t.equal(askedBy({ total: 50, each: 100 }, 2, 0.1), 1, "half as much: half");
  t.equal(askedBy({ total: 201, each: 100 }, 1, 0.1), 3);
  t.equal(askedBy({ total: 0, each: 100 }, 3, 0.1), 0);
});

t.test("askedBy() leaves things alone within a tenth of what is wanted", async (t) => {
  t.equal(askedBy({ total: 1_100, each: 100 }, 10, 0.1), 10, "exactly a tenth over");
  t.equal(askedBy({ total: 1_101, each: 100 }, 10, 0.1), 12, "more than a tenth over");
  t.equal(askedBy({ total: 900, each: 100 }, 10, 0.1), 10, "exactly a tenth under");
  t.equal(askedBy({ total: 899, each: 100 }, 10, 0.1), 9);
  t.equal(
    askedBy({ total: 12 * 500, each: 500 }, 11, 0.1),
    11,
    "so 11 pods never become the 12 of 12 partitions",
  );
});

t.test("decide() takes the metric that asks for most", async (t) => {
  const metrics = [
    { total: 30, each: 10 },
    { total: 70, each: 10 },
  ];
  t.equal(decide(rules(), NO_MEMORY, { at: 0, current: 2, metrics }).pods, 7);
});

t.test("decide() keeps within the least and the most", async (t) => {
  t.same(orders(rules({ min: 2, max: 5 }), 3, [[0, 50]]), [5]);
  t.same(orders(rules({ min: 2, max: 5 }), 3, [[0, 0]]), [2]);
});

t.test("decide() goes down no further than the most that was asked for within the window", async (t) => {
  const down: Direction = {
    ...AT_ONCE,
    windowSeconds: 300,
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  };
  const looks = [
    [0, 8],
    [15, 2],
    [150, 5],
    [299, 2],
    [301, 2],
    [449, 2],
    [451, 2],
  ] as const;
  t.same(orders(rules({ down }), 8, looks), [8, 8, 8, 8, 5, 5, 2]);
});

t.test("decide() goes up no further than the least that was asked for within the window", async (t) => {
  const up: Direction = { ...AT_ONCE, windowSeconds: 60 };
  const looks = [
    [0, 2],
    [15, 9],
    [45, 9],
    [61, 9],
  ] as const;
  t.same(orders(rules({ up }), 2, looks), [2, 2, 2, 9]);
});

t.test("decide() removes one pod a minute under such a policy", async (t) => {
  const down: Direction = {
    windowSeconds: 0,
    select: "Max",
    policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
  };
  const looks = [
    [0, 1],
    [15, 1],
    [59, 1],
    [60, 1],
    [119, 1],
    [120, 1],
  ] as const;
  t.same(orders(rules({ down }), 10, looks), [9, 9, 9, 8, 8, 7]);
});

t.test("decide() doubles every half minute under such a policy, whatever the lag", async (t) => {
  const up: Direction = {
    windowSeconds: 0,
    select: "Max",
    policies: [{ type: "Percent", value: 100, periodSeconds: 30 }],
  };
  const looks = [
    [0, 100],
    [15, 100],
    [30, 100],
    [45, 100],
    [60, 100],
    [90, 100],
  ] as const;
  t.same(orders(rules({ up, max: 12 }), 1, looks), [2, 2, 4, 4, 8, 12]);
});

t.test(
  "decide() as Kubernetes' documentation counts: 4 pods or a tenth a minute, whichever is more",
  async (t) => {
    const down: Direction = {
      ...{ windowSeconds: 0, select: "Max" },
      policies: [
        { type: "Pods", value: 4, periodSeconds: 60 },
        { type: "Percent", value: 10, periodSeconds: 60 },
      ],
    };
    t.same(
      orders(rules({ down }), 80, [
        [0, 10],
        [60, 10],
      ]),
      [72, 64],
      "a tenth, rounded up to 8 of 72",
    );
    t.same(
      orders(rules({ down }), 40, [
        [0, 10],
        [60, 10],
      ]),
      [36, 32],
      "below 40 it is 4",
    );
    t.same(
      orders(rules({ down: { ...down, select: "Min" } }), 80, [[0, 10]]),
      [76],
      "Min: whichever is less",
    );
    t.same(orders(rules({ down: { ...down, select: "Disabled" } }), 80, [[0, 10]]), [80], "Disabled: never");
  },
);

t.test("decide() rounds a share up when it adds pods, or one pod would never become two", async (t) => {
  const up: Direction = {
    windowSeconds: 0,
    select: "Max",
    policies: [{ type: "Percent", value: 10, periodSeconds: 15 }],
  };
  t.same(orders(rules({ up }), 1, [[0, 9]]), [2]);
});
