import t from "tap";
import type { History } from "../../../scripts/invariants/history.ts";
import { drainOf } from "./drain.ts";

/** Requested and ended at these times; nothing else matters here. */
function history(requested: number, ended?: number): History {
  const at = (time: number) => ({ id: "", time, event: {} });
  // Only the times are looked at.
  return { requested: at(requested), ends: ended === undefined ? [] : [at(ended)] } as unknown as History;
}

t.test("drainOf() counts from the moment payment is back until few are under way", async (t) => {
  const backlog = Array.from({ length: 10 }, (_, n) => history(n * 100, 2_100 + n * 100));
  const arriving = [history(2_250, 2_650), history(2_350, 2_950)];
  t.same(drainOf([...backlog, ...arriving], 2_000, 4), {
    backlog: 10,
    seconds: 0.7,
    perSecond: 8 / 0.7,
    left: 0,
  });
});

t.test("drainOf() says what is left when it never drains", async (t) => {
  const stuck = Array.from({ length: 8 }, (_, n) => history(n));
  t.match(drainOf([...stuck, history(10, 1_500)], 1_000, 4), { backlog: 9, left: 8 });
});

t.test("drainOf() of no backlog takes no time", async (t) => {
  t.match(drainOf([history(1, 2)], 1_000, 4), { backlog: 0, seconds: 0, left: 0 });
});
