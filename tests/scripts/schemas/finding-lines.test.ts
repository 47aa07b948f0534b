import t from "tap";
import { FLEET_RULES } from "../../../scripts/schemas/check/judge-fleet.ts";
import { findingLines } from "../../../scripts/schemas/finding-lines.ts";
import { paid, shop, verdict } from "./fleet/shop.ts";

const id = { name: "id", type: "string" };

t.test("findingLines() says the reason of each of the fleet's findings once", async (t) => {
  const [before, now] = [paid([id, { name: "a", type: "int" }]), paid([id, { name: "b", type: "int" }])];
  const renamed = paid([id], { namespace: "mall" });
  const lying = { orders: 5, "orders.payment.dlq": 1 };
  const workers = [
    { worker: "payment", reads: [{ topic: "orders", records: ["mall.Paid"] }], emits: ["orders"] },
  ];
  const told = [
    ...(await verdict(shop([{ text: before, lying }]), now)).findings,
    ...(await verdict(shop([{ text: before, lying }]), renamed, { workers, record: "mall.Paid" })).findings,
    ...(await verdict(shop([{ text: before }]), paid([{ name: "id", type: "Nothing" }]))).findings,
  ];
  t.same(
    [...new Set(told.map(({ rule }) => rule))].sort(),
    [...FLEET_RULES].sort(),
    "every rule of the fleet is among them",
  );
  for (const finding of told) t.notMatch(findingLines(finding), /→/, finding.rule);
});
