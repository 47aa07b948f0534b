import t from "tap";
import { canaryOf } from "../../../workers/_letters/canary.ts";
import { countOf, type Frozen, lettersOf, without } from "../../../workers/_letters/frozen.ts";
import { failedShare, judgeCanary } from "../../../workers/_letters/judge-failures.ts";

const plan: Frozen = [
  { dlq: "a.w.dlq", partition: 0, runs: [[0, 500]] },
  { dlq: "a.w.dlq", partition: 1, runs: [[0, 500]] },
  { dlq: "b.w.dlq", partition: 0, runs: [[7, 2]] },
];

t.test("canaryOf() spreads over DLQs and over their letters, the same each time", async (t) => {
  const canary = canaryOf(plan, 10);
  t.equal(countOf(canary), 10);
  const letters = [...lettersOf(canary)];
  t.equal(letters.filter((letter) => letter.startsWith("b.")).length, 2, "all that a small one has");
  t.ok(letters.some((letter) => letter.startsWith("a.w.dlq-1-")));
  t.same(canaryOf(plan, 10), canary);
  t.equal(countOf(without(plan, canary)), 992);
});

t.test("canaryOf() is the whole plan when that is smaller", async (t) => {
  t.equal(countOf(canaryOf(plan, 5_000)), 1_002);
});

t.test("judgeCanary() stops as soon as the failures are certain to be too many", async (t) => {
  t.match(judgeCanary({ underWay: 9, processed: 0, deadAgain: 1 }), /1 of 10/, "none may fail by default");
  t.equal(judgeCanary({ underWay: 8, processed: 0, deadAgain: 2 }, 0.2), undefined);
  t.match(judgeCanary({ underWay: 7, processed: 0, deadAgain: 3 }, 0.2), /3 of 10/);
  t.equal(judgeCanary({ underWay: 0, processed: 10, deadAgain: 0 }), undefined);
});

t.test("failedShare() says nothing before twenty outcomes, or unasked", async (t) => {
  t.equal(failedShare({ processed: 0, deadAgain: 19 }, 0.1), undefined);
  t.match(failedShare({ processed: 0, deadAgain: 20 }, 0.1), /20 of 20/);
  t.equal(failedShare({ processed: 18, deadAgain: 2 }, 0.1), undefined);
  t.equal(failedShare({ processed: 0, deadAgain: 1_000 }, undefined), undefined);
});
