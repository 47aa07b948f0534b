import t from "tap";
import { chooseCardFault, chooseFault, declineCode, latencyMs, unit } from "../../../scripts/gateway/dice.ts";
import { NO_FAULTS } from "../../../scripts/gateway/faults.ts";

const keys = Array.from({ length: 20_000 }, (_, n) => `r-${n}:charge`);

t.test("unit() depends on its arguments alone and spreads evenly", async (t) => {
  t.equal(unit(1, "a", 2), unit(1, "a", 2));
  t.not(unit(1, "a", 2), unit(2, "a", 2));
  t.not(unit(1, "a", 12), unit(1, "a1", 2), "words don't run together");
  const tenths = new Array(10).fill(0);
  for (const key of keys) tenths[Math.floor(unit(1, key) * 10)]++;
  t.ok(
    tenths.every((count) => count > 1800 && count < 2200),
    tenths.join(),
  );
});

t.test("chooseFault() gives each fault its share", async (t) => {
  const faults = { ...NO_FAULTS, errorBefore: 0.1, lost: 0.05, drip: 0.02 };
  const counts = new Map<string | undefined, number>();
  for (const key of keys) {
    const fault = chooseFault(faults, 1, key, 1);
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
  }
  t.same([...counts.keys()].sort(), ["drip", "errorBefore", "lost", undefined]);
  for (const [kind, share] of [
    ["errorBefore", 0.1],
    ["lost", 0.05],
    ["drip", 0.02],
  ] as const) {
    const count = counts.get(kind) ?? 0;
    t.ok(Math.abs(count - share * keys.length) < 0.2 * share * keys.length, `${kind}: ${count}`);
  }
  t.ok([...counts.values()].length === 4);
  t.equal(chooseFault({ ...NO_FAULTS, lost: 1 }, 1, "k", 1), "lost");
  t.equal(chooseFault(NO_FAULTS, 1, "k", 1), undefined);
});

t.test("chooseFault() rolls anew for each call of a key", async (t) => {
  const faults = { ...NO_FAULTS, hang: 0.5 };
  const rolls = Array.from({ length: 50 }, (_, n) => chooseFault(faults, 1, "k", n + 1));
  t.same(new Set(rolls), new Set(["hang", undefined]));
});

t.test("chooseCardFault() goes by the token's beginning", async (t) => {
  const cases = [
    ["tok_good", 1, undefined],
    ["tok_failing_3", 1, "errorBefore"],
    ["tok_failing_3", 9, "errorBefore"],
    ["tok_flaky", 1, "errorBefore"],
    ["tok_flaky", 2, undefined],
    ["tok_lost_a", 1, "lost"],
    ["tok_lost_a", 2, undefined],
    ["my_tok_lost", 1, undefined],
  ] as const;
  for (const [card, nth, fault] of cases) t.equal(chooseCardFault(card, nth), fault, `${card} ${nth}`);
});

t.test("declineCode() is final for a key and hits its share", async (t) => {
  t.equal(declineCode("tok_declined_x", NO_FAULTS, 1, "k"), "card_declined");
  t.equal(declineCode("tok_good", NO_FAULTS, 1, "k"), undefined);
  const faults = { ...NO_FAULTS, decline: 0.03 };
  const declined = keys.filter((key) => declineCode("tok_good", faults, 1, key) === "insufficient_funds");
  t.ok(declined.length > 450 && declined.length < 750, `${declined.length} of 20000`);
});

t.test("latencyMs() has the given median and 99th percentile, times the slowdown", async (t) => {
  const measured = (slowdown: number) => {
    const faults = { ...NO_FAULTS, latencyMs: 20, latencyP99Ms: 200, slowdown };
    const sorted = keys.map((key) => latencyMs(faults, 1, key, 1)).sort((a, b) => a - b);
    return [sorted[10_000] ?? 0, sorted[19_800] ?? 0] as const;
  };
  const [median, p99] = measured(1);
  t.ok(median > 18 && median < 22, `median ${median}`);
  t.ok(p99 > 160 && p99 < 240, `p99 ${p99}`);
  const [slow] = measured(10);
  t.ok(Math.abs(slow - 10 * median) < 1e-6);
  t.equal(latencyMs(NO_FAULTS, 1, "k", 1), 0);
  const even = { ...NO_FAULTS, latencyMs: 5, latencyP99Ms: 5 };
  t.equal(latencyMs(even, 1, "k", 1), 5);
});
