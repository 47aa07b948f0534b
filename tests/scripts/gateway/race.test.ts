import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import t from "tap";
import { Book } from "../../../scripts/gateway/book.ts";
import { openLedger } from "../../../scripts/gateway/ledger.ts";
import { charge, close, gatewayFor, type Reply } from "./client.ts";

const MONEY = { amount: 1, currency: "EUR", reference: "r" };

t.test("Book never has a key both charged and closed, in any order of calls", async (t) => {
  const step = fc.constantFrom("begin", "begin-other", "charge", "decline", "abandon", "close");
  const key = fc.constantFrom("a", "b");
  fc.assert(
    fc.property(fc.array(fc.tuple(step, key), { maxLength: 40 }), (steps) => {
      const ledger = openLedger(undefined);
      const book = new Book(ledger, 100);
      const underWay = new Map<string, string>();
      for (const [step, key] of steps) {
        const print = underWay.get(key);
        if (step === "close") {
          const closed = book.close(key);
          if ((closed.is === "busy") !== (print !== undefined)) return false;
        } else if (step.startsWith("begin")) {
          const begun = book.begin(key, step);
          if (begun.is === "begun" && print !== undefined) return false;
          if (begun.is === "begun") underWay.set(key, step);
        } else if (print !== undefined) {
          if (step === "abandon") book.abandon(key);
          else if (step === "charge") book.enter({ kind: "charge", id: key, key, print, ...MONEY });
          else book.enter({ kind: "decline", code: "no", key, print, ...MONEY });
          underWay.delete(key);
        }
      }
      const keys = ledger.entries.map(({ key }) => key);
      return new Set(keys).size === keys.length && book.size.busy === underWay.size;
    }),
    { numRuns: 2000 },
  );
  t.pass("each key has at most one final entry");
});

t.test("a close racing charges over HTTP never leaves a key both barred and charged", async (t) => {
  const gateway = await gatewayFor(t, { faults: { latencyMs: 3, latencyP99Ms: 30 } });
  const outcomes = await Promise.all(
    Array.from({ length: 150 }, (_, n) => race(gateway, `r-${n}:charge`, n % 6)),
  );
  const byKey = Map.groupBy(gateway.entries, ({ key }) => key);
  for (const { key, charges, end } of outcomes) {
    const entries = byKey.get(key) ?? [];
    t.equal(entries.length, 1, `${key} has one final entry`);
    const charged = entries[0]?.kind === "charge";
    t.equal(end.body.state, charged ? "charged" : "closed");
    const allowed = charged ? [201, 409] : [410, 409];
    t.ok(
      charges.every(({ status }) => allowed.includes(status)),
      `${key}: ${charges.map((c) => c.status)}`,
    );
    const ids = new Set(charges.filter(({ status }) => status === 201).map(({ body }) => body.id));
    t.ok(ids.size <= 1, "every 201 names the same charge");
  }
  const ends = new Set(outcomes.map(({ end }) => end.body.state));
  t.same([...ends].sort(), ["charged", "closed"], "both ends of the race were seen");
});

/**
 * Two charges and two closes of one key. Most of them meet; the first and the last head start are orders rather than
 * milliseconds, for a busy machine lets timers of 0 and 5 ms come due at once, and both ends have to be seen.
 */
async function race(gateway: Parameters<typeof charge>[0], key: string, headStart: number) {
  const late = async (ms: number, act: () => Promise<Reply>) => {
    await sleep(ms);
    return act();
  };
  const charges = () => [late(3, () => charge(gateway, key)), late(5, () => charge(gateway, key))];
  const closes = () => [late(headStart, () => close(gateway, key)), late(4, () => close(gateway, key))];
  let settled: Reply[];
  if (headStart === 0) {
    await Promise.all(closes());
    settled = await Promise.all(charges());
  } else if (headStart === 5) {
    settled = await Promise.all(charges());
    await Promise.all(closes());
  } else {
    const begun = charges();
    await Promise.all(closes());
    settled = await Promise.all(begun);
  }
  let end = await close(gateway, key);
  while (end.status === 409) end = await close(gateway, key);
  return { key, charges: settled, end };
}

t.test("50 charges of one key at once make one charge", async (t) => {
  const gateway = await gatewayFor(t, { faults: { latencyMs: 20 } });
  const replies = await Promise.all(Array.from({ length: 50 }, () => charge(gateway, "k")));
  t.equal(gateway.entries.length, 1);
  const statuses = new Set(replies.map(({ status }) => status));
  t.ok(statuses.has(201));
  t.ok(
    [...statuses].every((status) => status === 201 || status === 409),
    [...statuses].join(),
  );
});
