import t from "tap";
import { PublishFailed } from "../../../workers/_runtime/mod.ts";
import type { Transition } from "../../../workers/_seats/mod.ts";
import { gala, openShop, type Shop } from "./open-shop.ts";

const ADA = { headers: { "x-client-id": "ada" } };

/** A reservation of ada's, held or in the state that `to` brings it to. */
async function reserved(shop: Shop, to?: Transition): Promise<string> {
  const { json } = await shop.reserve(["A-1"], { key: "k" });
  const id = String(json?.reservationId);
  const reservation = await shop.seatMap.find(id);
  if (to && reservation) await shop.seatMap.move(reservation, to);
  return id;
}

t.test("DELETE /reservations/{id} puts the wish on record, again when asked again", async (t) => {
  const shop = await openShop(t);
  const id = await reserved(shop);
  for (const answer of [
    await shop.ask("DELETE", `/reservations/${id}`, ADA),
    await shop.ask("DELETE", `/reservations/${id}`, ADA),
  ]) {
    t.equal(answer.status, 202);
    t.match(answer.json, { reservationId: id, state: "held" });
  }
  t.same(
    shop.log.slice(1).map(({ type, reservationId, customerId }) => ({ type, reservationId, customerId })),
    Array(2).fill({ type: "CancellationRequested", reservationId: id, customerId: "ada" }),
  );
});

t.test("DELETE /reservations/{id} is 404 for others, as for none, and 400 without a client", async (t) => {
  const shop = await openShop(t);
  const id = await reserved(shop);
  const others = await shop.ask("DELETE", `/reservations/${id}`, { headers: { "x-client-id": "grace" } });
  const none = await shop.ask("DELETE", "/reservations/r0", ADA);
  for (const answer of [others, none]) {
    t.equal(answer.status, 404);
    t.match(answer.json, { type: "/problems/unknown-reservation" });
  }
  t.equal((await shop.ask("DELETE", `/reservations/${id}`)).status, 400);
  t.equal(shop.log.length, 1);
});

for (const state of ["expired", "declined", "lapsed"] as const) {
  t.test(`DELETE /reservations/{id} of one that is ${state} is 409`, async (t) => {
    const shop = await openShop(t);
    const id = await reserved(shop, { seats: "free", set: { state } });
    const answer = await shop.ask("DELETE", `/reservations/${id}`, ADA);
    t.equal(answer.status, 409);
    t.match(answer.json, { type: "/problems/ended", state });
    t.equal(shop.log.length, 1);
  });
}

t.test("DELETE /reservations/{id} of a cancelled one is 202: the wish is fulfilled", async (t) => {
  const shop = await openShop(t);
  const id = await reserved(shop, { seats: "free", set: { state: "cancelled" } });
  const answer = await shop.ask("DELETE", `/reservations/${id}`, ADA);
  t.equal(answer.status, 202);
  t.match(answer.json, { state: "cancelled" });
  t.equal(shop.log.length, 1);
});

t.test("DELETE /reservations/{id} of a sold one is 202 until the cut-off, then 409", async (t) => {
  for (const [cutOffAt, status] of [
    [Date.now() + 60_000, 202],
    [Date.now() - 1, 409],
  ] as const) {
    const shop = await openShop(t, { concerts: [{ ...gala, cutOffAt }] });
    const id = await reserved(shop, { seats: "sell", set: { state: "sold" } });
    const answer = await shop.ask("DELETE", `/reservations/${id}`, ADA);
    t.equal(answer.status, status);
    if (status === 409) t.match(answer.json, { type: "/problems/cut-off-passed" });
    t.equal(shop.log.length, status === 202 ? 2 : 1);
  }
});

t.test(
  "DELETE /reservations/{id} of a held one is 202 after the cut-off too: nothing is sold yet",
  async (t) => {
    const shop = await openShop(t, { concerts: [{ ...gala, cutOffAt: Date.now() - 1 }] });
    const id = await reserved(shop);
    t.equal((await shop.ask("DELETE", `/reservations/${id}`, ADA)).status, 202);
    t.equal(shop.log.length, 2);
  },
);

t.test("DELETE /reservations/{id} that can't be published is 503, and says what is known", async (t) => {
  const shop = await openShop(t);
  const id = await reserved(shop);
  for (const [certain, type] of [
    [true, "not-published"],
    [false, "outcome-unknown"],
  ] as const) {
    shop.publishing = async () => {
      throw new PublishFailed(certain, "no");
    };
    const answer = await shop.ask("DELETE", `/reservations/${id}`, ADA);
    t.equal(answer.status, 503);
    t.match(answer.json, { type: `/problems/${type}` });
    t.match(answer.headers.get("retry-after"), /^[1-9]\d*$/);
  }
  t.same((await shop.seatMap.seats("gala")).seats, { "A-1": "held" });
});
