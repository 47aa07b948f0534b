import t from "tap";
import { filterOf } from "../../../scripts/desk/filter-values.ts";

const NOW = Date.UTC(2026, 10, 24, 3, 12);

t.test("filterOf() makes a desk's filter of what was typed", async (t) => {
  t.same(filterOf({}, NOW), {});
  t.same(
    filterOf(
      {
        worker: ["payment"],
        partition: ["0", "3"],
        since: "2h",
        until: "now",
        attempts: "2..5",
        where: ["event.amount > 5"],
        outcome: ["dead-again", "open"],
      },
      NOW,
    ),
    {
      worker: ["payment"],
      partition: [0, 3],
      since: NOW - 7_200_000,
      until: NOW,
      attempts: { min: 2, max: 5 },
      where: "event.amount > 5",
      outcomes: ["dead again", "open"],
    },
  );
});

t.test("filterOf() reads ranges of attempts, joins expressions, knows all outcomes", async (t) => {
  const attempts = (text: string) => filterOf({ attempts: text }, NOW).attempts;
  t.same(attempts("3"), { min: 3, max: 3 });
  t.same(attempts("2.."), { min: 2 });
  t.same(attempts("..5"), { max: 5 });
  t.equal(filterOf({ where: ["a || b", "c"] }, NOW).where, "(a || b) && (c)");
  t.equal(filterOf({ outcome: ["all"] }, NOW).outcomes, "all");
});

t.test("filterOf() refuses what it can't read and says what to write", async (t) => {
  for (const [options, message] of [
    [{ partition: ["-1"] }, /--partition '-1': write a number from 0 on/],
    [{ partition: ["x"] }, /--partition 'x'/],
    [{ attempts: ".." }, /--attempts '\.\.': write 3, 2\.\./],
    [{ attempts: "" }, /--attempts ''/],
    [{ attempts: "5..2" }, /--attempts '5\.\.2'/],
    [{ fingerprint: ["abc"] }, /at least 4 characters/],
    [{ outcome: ["gone"] }, /--outcome 'gone': write open, replaying, processed, dead-again/],
    [{ since: "soon" }, /--since 'soon' as a time: write 2h/],
    [{ since: "1h", until: "2h" }, /doesn't lie before it/],
  ] as const)
    t.throws(() => filterOf(options, NOW), { name: "UsageError", message });
});
