import t from "tap";
import { afterAnswers } from "../../../workers/_runtime/sweep.ts";

t.test("afterAnswers() sweeps at each turn, but one after a turn that was long in coming", async (t) => {
  const swept: number[] = [];
  const turn = afterAnswers((now) => swept.push(now), 100, 0);
  for (const now of [100, 200, 700, 800, 6_000, 6_100, 6_200]) turn(now);
  t.same(swept, [100, 200, 700, 800, 6_100, 6_200]);
});

t.test("afterAnswers() sweeps every other turn where each is late", async (t) => {
  const swept: number[] = [];
  const turn = afterAnswers((now) => swept.push(now), 100, 0);
  for (const now of [1_000, 2_000, 3_000, 4_000]) turn(now);
  t.same(swept, [2_000, 4_000]);
});
