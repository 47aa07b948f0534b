import t from "tap";
import { memberGroup } from "./member-group.ts";

const times = { schedule: 5, start: 1, join: 2 };

t.test("memberGroup() has a pod join once it is scheduled and started, and stands meanwhile", async (t) => {
  const group = memberGroup(1, times);
  group.scale(10, 2, 0);
  t.equal(group.pods, 2, "ordered");
  t.equal(group.working(15.9, 0), 1, "not there yet");
  t.equal(group.working(16, 0), 0, "all stop");
  t.equal(group.working(17.9, 0), 0);
  t.equal(group.working(18, 0), 2);
  t.equal(group.rebalances, 1);
});

t.test(
  "memberGroup() stands once for those who come together, longer for one who comes meanwhile",
  async (t) => {
    const group = memberGroup(1, times);
    group.scale(0, 4, 0);
    group.scale(1, 5, 0);
    t.equal(group.working(6, 0), 0);
    t.equal(group.working(8, 0), 0, "the last came at 7");
    t.equal(group.working(9, 0), 5);
    t.equal(group.rebalances, 1);
  },
);

t.test("memberGroup() stands when a member goes, and doesn't notice one that hadn't come", async (t) => {
  const group = memberGroup(3, times);
  group.scale(0, 4, 0);
  group.scale(1, 3, 0);
  t.equal(group.working(6.5, 0), 3, "the one that was starting never joined");
  group.scale(10, 2, 0);
  t.equal(group.working(10, 0), 0);
  t.equal(group.working(12, 0), 2);
  t.equal(group.rebalances, 1);
});

t.test(
  "memberGroup() stands until the handlers that ran when a member came or went have ended",
  async (t) => {
    const group = memberGroup(1, times);
    group.scale(0, 2, 0);
    t.equal(group.working(6, 9.5), 0);
    t.equal(group.working(8, 9.5), 0, "without handlers it would work again");
    t.equal(group.working(11.4, 0), 0);
    t.equal(group.working(11.5, 0), 2);
    group.scale(20, 1, 23);
    t.equal(group.working(24.9, 0), 0);
    t.equal(group.working(25, 0), 1);
  },
);
