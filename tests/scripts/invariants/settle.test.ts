import t from "tap";
import { figuresOf } from "../../../scripts/invariants/figures.ts";
import { isHeld, settle } from "../../../scripts/invariants/settle.ts";
import type { Sight } from "../../../scripts/invariants/witness.ts";
import { healthySale, type Sale } from "./facts.ts";

const NONE = { events: [], letters: [], retried: 3, parked: 2, undecodable: 0 };
const { signal } = new AbortController();
const patience = { mostMs: 600_000, quietMs: 300_000, everyMs: 1 };
const sightOf = (sale: Sale): Sight => ({ facts: sale.facts(), log: NONE });

t.test("settle() waits for the last end, then for the workers' topics", async (t) => {
  const sale = healthySale();
  const [end] = sale.events.splice(
    sale.events.findIndex(({ event }) => event.type === "ReservationExpired"),
    1,
  );
  const asked: string[] = [];
  let looks = 0;
  const witness = {
    look: async () => {
      looks += 1;
      if (looks === 3 && end) sale.events.push(end);
      return sightOf(sale);
    },
    busy: async () => {
      asked.push(`after look ${looks}`);
      return asked.length < 3 ? ["payment: reservations.payment.retry.1s"] : [];
    },
  };
  const settled = await settle(witness, patience, signal);
  t.same(asked, ["after look 3", "after look 4", "after look 5"], "not asked while requests are under way");
  t.equal(settled.gaveUp, undefined);
  t.same(settled.violations, []);
});

t.test("settle() gives up when nothing moves and says what is missing", async (t) => {
  const sale = healthySale();
  sale.accepted.push({ reservationId: "lost", fan: 1, card: "tok_good", seats: ["A-1"] });
  const witness = { look: async () => sightOf(sale), busy: async () => [] };
  const settled = await settle(witness, { ...patience, quietMs: 20 }, signal);
  t.match(settled.gaveUp, /nothing moved.*1 requests have not ended/);
  t.match(settled.violations, [{ invariant: "request-ended", reservations: ["lost"] }]);
});

t.test("isHeld() asks for no violation and for rest", async (t) => {
  const witness = (sale: Sale, busy: string[]) => ({
    look: async () => sightOf(sale),
    busy: async () => busy,
  });
  const hasty = { ...patience, quietMs: 20 };
  t.equal(isHeld(await settle(witness(healthySale(), []), hasty, signal)), true);
  const stuck = await settle(witness(healthySale(), ["expiry: reservations"]), hasty, signal);
  t.same(stuck.violations, []);
  t.equal(isHeld(stuck), false, "a worker isn't done");
  const broken = healthySale();
  broken.seats.clear();
  t.equal(isHeld(await settle(witness(broken, []), hasty, signal)), false);
});

t.test("settle() tells what stays broken once the fleet is at rest", async (t) => {
  const sale = healthySale();
  sale.charges.push({ id: "ch-second", key: "k", reference: "standing", amount: 4_500 });
  const witness = { look: async () => sightOf(sale), busy: async () => [] };
  const settled = await settle(witness, { ...patience, quietMs: 20 }, signal);
  t.equal(settled.gaveUp, undefined);
  t.ok(settled.violations.some(({ invariant }) => invariant === "charged-once"));
});

t.test("settle() ends with the signal's reason", async (t) => {
  const sale = healthySale();
  const witness = { look: async () => sightOf(sale), busy: async () => ["a: b"] };
  const stop = AbortSignal.timeout(30);
  await t.rejects(settle(witness, patience, stop), { name: "TimeoutError" });
});

t.test(
  "figuresOf() counts each reservation at its end, and confirmations that were taken back",
  async (t) => {
    t.match(figuresOf(sightOf(healthySale())), {
      accepted: 6,
      confirmed: 2,
      rejected: 1,
      expired: 2,
      cancelled: 2,
      refunded: 2,
      retried: 3,
      parked: 2,
      seatsSold: 2,
      letters: { "decode: Permanent": 1, "frame: Permanent": 2, "handle: Permanent": 1 },
    });
  },
);
