import fc from "fast-check";
import t from "tap";
import { type CARDS, kindOf } from "../../../scripts/load/cards.ts";
import { type OnSale, onSale } from "../../../scripts/load/on-sale.ts";
import { checkShares, DEFAULT_SHARES } from "../../../scripts/load/shares.ts";
import type { ReserveStep, Step } from "../../../scripts/load/step.ts";
import { rows as hall } from "./hall.ts";

const plan = (options: Partial<OnSale> = {}): Step[] => [
  ...onSale({
    seed: 1,
    fans: 4_000,
    durationMs: 20_000,
    rows: hall,
    taste: 0.8,
    shares: DEFAULT_SHARES,
    ...options,
  }),
];
const reserves = (steps: Step[]) => steps.filter((step): step is ReserveStep => step.do === "reserve");
const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

t.test("onSale() gives the same steps for the same seed and others for another", async (t) => {
  fc.assert(
    fc.property(seed, (seed) => {
      t.same(plan({ seed, fans: 50 }), plan({ seed, fans: 50 }));
      t.notSame(plan({ seed, fans: 50 }), plan({ seed: seed + 1, fans: 50 }));
    }),
    { numRuns: 20 },
  );
});

t.test("onSale() keeps steps in time order, one reservation a fan, cancellations after it", async (t) => {
  fc.assert(
    fc.property(seed, fc.integer({ min: 1, max: 300 }), (seed, fans) => {
      const steps = plan({ seed, fans });
      const asked = new Map<number, number>();
      let before = 0;
      for (const step of steps) {
        if (step.at < before) throw new Error(`step at ${step.at} after ${before}`);
        before = step.at;
        if (step.do === "reserve") {
          if (asked.has(step.fan)) throw new Error(`fan ${step.fan} asked twice`);
          asked.set(step.fan, step.at);
        }
        if (step.do === "cancel" && !(step.at > (asked.get(step.fan) ?? Number.POSITIVE_INFINITY)))
          throw new Error(`fan ${step.fan} cancels before it asked`);
      }
      t.equal(asked.size, fans);
    }),
    { numRuns: 30 },
  );
});

t.test("onSale() asks for 1 to 8 seats side by side that exist in the hall", async (t) => {
  const rows = new Map<string, number>(hall.map((row) => [row.name, row.seats]));
  const sizes = new Set<number>();
  for (const { choices } of reserves(plan())) {
    for (const choice of choices) {
      sizes.add(choice.length);
      const places = choice.map((seat) => seat.split("-"));
      const numbers = places.map(([, number]) => Number(number));
      const row = places[0]?.[0] ?? "";
      if (places.some(([name]) => name !== row)) t.fail(`one row: ${choice}`);
      if (numbers.some((number, index) => number !== (numbers[0] ?? 0) + index))
        t.fail(`side by side: ${choice}`);
      if (numbers.some((number) => number < 1 || number > (rows.get(row) ?? 0)))
        t.fail(`in the hall: ${choice}`);
    }
  }
  t.same([...sizes].sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
});

t.test("onSale() wants rows as Zipf has it: row r about 1/r^taste as often as the first", async (t) => {
  const rows = [...Array(10)].map((_, index) => ({ name: `${index + 1}`, seats: 100 }));
  const wanted = new Map<number, number>();
  for (const { choices } of reserves(plan({ rows, taste: 1, fans: 20_000 }))) {
    const row = Number(choices[0]?.[0]?.split("-")[0]);
    wanted.set(row, (wanted.get(row) ?? 0) + 1);
  }
  const first = wanted.get(1) ?? 0;
  for (const row of [2, 5, 10]) {
    const ratio = (wanted.get(row) ?? 0) / first;
    t.ok(
      Math.abs(ratio * row - 1) < 0.15,
      `row ${row} is wanted ${ratio.toFixed(3)} times as often as row 1`,
    );
  }
});

t.test(
  "onSale() comes as a spike: half of the fans in the first fifth, all within the duration",
  async (t) => {
    const times = reserves(plan({ durationMs: 10_000 })).map(({ at }) => at);
    const early = times.filter((at) => at < 2_000).length / times.length;
    t.ok(early > 0.48 && early < 0.56, `${early} in the first fifth`);
    t.ok((times.at(-1) ?? 0) <= 10_000);
  },
);

t.test("onSale() deals cards, hang-ups, cancellations and broken records by their shares", async (t) => {
  const shares = {
    ...DEFAULT_SHARES,
    poison: 0.1,
    declined: 0.2,
    undecodable: 0.05,
    unknownSchema: 0.02,
    hangUp: 0.3,
  };
  const steps = plan({ shares, fans: 20_000 });
  const fans = reserves(steps);
  const share = (count: number) => count / fans.length;
  const near = (actual: number, expected: number, what: string) =>
    t.ok(
      Math.abs(actual - expected) < 0.1 * expected + 0.002,
      `${what}: ${actual.toFixed(4)} of ${expected}`,
    );
  const cards = (kind: keyof typeof CARDS) => share(fans.filter((step) => kindOf(step.card) === kind).length);
  near(cards("poison"), 0.1, "poison");
  near(cards("declined"), 0.2, "declined");
  near(cards("flaky"), DEFAULT_SHARES.flaky, "flaky");
  near(share(fans.filter((step) => step.hangUpMs !== undefined).length), 0.3, "hang-ups");
  const sown = steps.filter((step) => step.do === "sow");
  near(share(sown.filter((step) => step.kind === "unknown-schema").length), 0.02, "unknown schema");
  near(share(sown.filter((step) => step.kind !== "unknown-schema").length), 0.05, "undecodable");
  const retrying = new Set(
    fans.filter((step) => ["flaky", "lost", "failing"].includes(kindOf(step.card))).map(({ fan }) => fan),
  );
  const cancels = steps.filter((step) => step.do === "cancel");
  const impatient = cancels.filter((step) => retrying.has(step.fan));
  near(impatient.length / retrying.size, shares.impatient, "cancellations behind a retrying charge");
  near(
    (cancels.length - impatient.length) / (fans.length - retrying.size),
    shares.cancel,
    "other cancellations",
  );
});

t.test("onSale() sows under keys that are unique and sows nothing at share 0", async (t) => {
  const keys = plan().flatMap((step) => (step.do === "sow" ? [step.key] : []));
  t.equal(new Set(keys).size, keys.length);
  t.ok(keys.length > 0);
  const none = plan({ shares: { ...DEFAULT_SHARES, undecodable: 0, unknownSchema: 0 } });
  t.notOk(none.some((step) => step.do === "sow"));
});

t.test("checkShares() names the share out of range and cards that exceed 1 together", async (t) => {
  t.throws(() => checkShares({ ...DEFAULT_SHARES, cancel: 1.5 }), /'cancel' must be from 0 to 1.*1\.5/);
  t.throws(() => checkShares({ ...DEFAULT_SHARES, poison: 0.9, declined: 0.9 }), /at most 1 together/);
  t.equal(checkShares(DEFAULT_SHARES), DEFAULT_SHARES);
});
