import t from "tap";
import { memberGroup } from "./member-group.ts";

const times = { schedule: 5, start: 1, rebalance: 2 };

t.test("memberGroup() has a pod join once it is scheduled and started, and stands meanwhile", async (t) => {
  const group = memberGroup(1, times);
  group.scale(10, 2);
  t.equal(group.pods, 2, "ordered");
  t.equal(group.working(15.9), 1, "not there yet");
  t.equal(group.working(16), 0, "all stop");
  t.equal(group.working(17.9), 0);
  t.equal(group.working(18), 2);
  t.equal(group.rebalances, 1);
});

t.test(
  "memberGroup() stands once for those who come together, longer for one who comes meanwhile",
  async (t) => {
    const group = memberGroup(1, times);
    group.scale(0, 4);
    group.scale(1, 5);
    t.equal(group.working(6), 0);
    t.equal(group.working(8), 0, "the last came at 7");
    t.equal(group.working(9), 5);
    t.equal(group.rebalances, 1);
  },
);

t.test("memberGroup() stands when a member goes, and doesn't notice one that hadn't come", async (t) => {
  const group = memberGroup(3, times);
  group.scale(0, 4);
  group.scale(1, 3);
  t.equal(group.working(6.5), 3, "the one that was starting never joined");
  group.scale(10, 2);
  t.equal(group.working(10), 0);
  t.equal(group.working(12), 2);
  t.equal(group.rebalances, 1);
});
