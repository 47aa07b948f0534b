import t from "tap";
import type { Figures } from "../../../scripts/invariants/figures.ts";
import type { Step } from "../../../scripts/load/step.ts";
import { LEAST, shortOf, slower } from "../../../scripts/start/enough.ts";

const ENOUGH: Figures = {
  ...LEAST,
  ...{ accepted: 2_600, rejected: 0, seatsSold: 1_000, toConfirmation: { p50: 1, p99: 2 } },
  letters: {
    "decode: CorruptPayload": 20,
    "frame: Unframed": 21,
    "handle: Permanent": 22,
    "handle: Error": 2,
  },
};

t.test("shortOf() names each figure below its least, and reasons too few", async (t) => {
  t.same(shortOf(ENOUGH), []);
  for (const [name, least] of Object.entries(LEAST))
    t.same(shortOf({ ...ENOUGH, [name]: least - 1 }), [`${name}: ${least - 1} of ${least}`]);
  const letters = { ...ENOUGH.letters, "frame: Unframed": 19 };
  t.same(shortOf({ ...ENOUGH, letters }), ["reasons of 20 dead letters or more: 2 of 3"]);
  t.equal(shortOf({ ...ENOUGH, parked: 0, refunded: 0, letters: {} }).length, 3);
});

t.test("slower() stretches the steps' times, sows nothing again, and ends when it is enough", async (t) => {
  const steps: Step[] = [
    { do: "reserve", at: 1, fan: 1, choices: [["A-1"]], card: "tok_good" },
    { do: "sow", at: 2, kind: "short", key: "k" },
    { do: "cancel", at: 3, fan: 1 },
    { do: "cancel", at: 4, fan: 2 },
  ];
  const given = async function* () {
    yield* steps;
  };
  const seen: Step[] = [];
  for await (const step of slower(given(), 8, () => seen.length === 2)) seen.push(step);
  t.same(seen, [
    { do: "reserve", at: 8, fan: 1, choices: [["A-1"]], card: "tok_good" },
    { do: "cancel", at: 24, fan: 1 },
  ]);
});
