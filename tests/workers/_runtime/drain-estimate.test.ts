import t from "tap";
import { DrainEstimate } from "../../../workers/_runtime/drain-estimate.ts";

const at = (committed: number, lag: number, partition = 0) => ({ partition, committed, lag });

t.test("DrainEstimate says nothing of a lag after one look, and 0 without one", async (t) => {
  t.equal(new DrainEstimate().look([at(0, 100)], 0), undefined);
  t.equal(new DrainEstimate().look([at(500, 0)], 0), 0);
  t.equal(new DrainEstimate().look([], 0), 0);
});

t.test("DrainEstimate divides the lag by what was got through, +Inf when nothing was", async (t) => {
  const drain = new DrainEstimate();
  drain.look([at(0, 1_000), at(0, 1_000, 1)], 0);
  t.equal(drain.look([at(0, 1_000), at(0, 1_000, 1)], 5_000), Number.POSITIVE_INFINITY);
  t.equal(drain.look([at(50, 950), at(50, 950, 1)], 10_000), 190, "100 records in 10 s, 1,900 left");
  t.equal(drain.look([at(1_000, 0), at(1_000, 0, 1)], 15_000), 0);
});

t.test("DrainEstimate forgets the speed of more than a minute ago", async (t) => {
  const drain = new DrainEstimate();
  drain.look([at(0, 10_000)], 0);
  drain.look([at(6_000, 4_000)], 5_000);
  let seconds: number | undefined;
  for (let time = 10_000; time <= 60_000; time += 5_000) seconds = drain.look([at(6_000, 4_000)], time);
  t.equal(seconds, 40, "6,000 records in the last minute");
  seconds = drain.look([at(6_000, 4_000)], 65_000);
  t.equal(seconds, Number.POSITIVE_INFINITY);
});

t.test("DrainEstimate takes a partition that comes, or comes back, for no progress", async (t) => {
  const drain = new DrainEstimate();
  drain.look([at(100, 10)], 0);
  t.equal(drain.look([at(100, 10), at(7_000, 10, 1)], 5_000), Number.POSITIVE_INFINITY);
  drain.look([at(100, 10)], 10_000);
  // Another member had it meanwhile.
  t.equal(drain.look([at(100, 10), at(9_000, 10, 1)], 15_000), Number.POSITIVE_INFINITY);
});
