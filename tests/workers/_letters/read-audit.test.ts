import t from "tap";
import { auditRecord } from "../../../workers/_letters/audit.ts";
import { readAudit } from "../../../workers/_letters/read-audit.ts";
import type { Broker } from "../../../workers/_runtime/broker.ts";
import { fleet } from "../../_support/fleet.ts";
import { signal } from "../../_support/letters.ts";

t.test("readAudit() finds what is old, and reads no more than it must for what is new", async (t) => {
  const f = await fleet(t);
  await f.prepare([], []);
  const letter = `${f.unique("audited")}-0-1`;
  const entry = (time: number, reason: string) =>
    auditRecord({ time, by: "ann", action: "discard", reason, letter });
  await f.send([entry(1_000, "old")]);
  for (let sent = 0; sent < 30_000; sent += 3_000)
    await f.send(Array.from({ length: 3_000 }, (_, n) => auditRecord({ ...OTHER, time: 2_000 + sent + n })));
  const now = Date.now();
  await f.send([entry(now, "new")]);

  const reasons = async (since?: number) => {
    const { broker, positions } = watched(f.broker);
    const wish = { letter, ...(since !== undefined && { since }) };
    const found = await readAudit(broker, wish, signal);
    return {
      reasons: found.map(({ reason }) => reason),
      lowest: Math.min(...positions),
    };
  };
  const all = await reasons();
  t.same(all.reasons, ["new", "old"]);
  const recent = await reasons(now - 60_000);
  t.same(recent.reasons, ["new"]);
  t.ok(recent.lowest > all.lowest, `from ${recent.lowest}, and from ${all.lowest} on`);
  t.same((await reasons(1_000)).reasons, ["new", "old"]);
});

const OTHER = { by: "bob", action: "look", reason: "r" } as const;

/** The broker, and from where it was read. */
function watched(broker: Broker): { readonly broker: Broker; readonly positions: number[] } {
  const positions: number[] = [];
  const readOn: Broker["readOn"] = (topic, partition, position, maxBytes) => {
    positions.push(position);
    return broker.readOn(topic, partition, position, maxBytes);
  };
  return { broker: { ...broker, readOn }, positions };
}
