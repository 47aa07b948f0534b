import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { openLedger } from "../../../scripts/gateway/ledger.ts";
import { type Gateway, startGateway } from "../../../scripts/gateway/start.ts";
import { charge, close, gatewayFor, refund } from "./client.ts";

t.test("startGateway() with a ledger has other luck after a restart: no key fails alike again", async (t) => {
  const ledger = join(t.testdir(), "ledger.ndjson");
  const before = await startGateway({ ledger });
  await charge(before, "one that goes through");
  before.changeFaults({ errorBefore: 0.5 });
  const keys = Array.from({ length: 40 }, (_, n) => `k${n}`);
  const luck = async (gateway: Gateway) =>
    await Promise.all(keys.map(async (key) => (await charge(gateway, key)).status));
  const first = await luck(before);
  await before.close();
  const fresh = keys.filter((_, n) => first[n] === 500);
  const after = await gatewayFor(t, { ledger, faults: { errorBefore: 0.5 } });
  const again = await Promise.all(fresh.map(async (key) => (await charge(after, key)).status));
  t.ok(fresh.length > 5, `${fresh.length} failed`);
  t.ok(again.includes(201), "what the process has forgotten of a key isn't thrown again");
});

t.test("startGateway() with a ledger forgets nothing over a restart", async (t) => {
  const ledger = join(t.testdir(), "ledger.ndjson");
  const before = await startGateway({ ledger });
  const charged = await charge(before, "a:charge");
  const declined = await charge(before, "b:charge", { card: "tok_declined" });
  const refunded = await refund(before, "a:refund", { charge: charged.body.id });
  const closed = await close(before, "c:charge");
  const entries = [...before.entries];
  await before.close();

  const after = await gatewayFor(t, { ledger });
  t.same(after.entries, entries);
  t.same((await charge(after, "a:charge")).body, charged.body);
  t.same((await charge(after, "b:charge", { card: "tok_declined" })).body, declined.body);
  t.same((await refund(after, "a:refund", { charge: charged.body.id })).body, refunded.body);
  t.same((await close(after, "c:charge")).body, closed.body);
  t.match(await charge(after, "a:charge", { amount: 1 }), { code: "key_reused" });
  t.match(await charge(after, "c:charge"), { code: "key_closed" });
  t.match(await refund(after, "d", { charge: charged.body.id }), { code: "charge_already_refunded" });
  await charge(after, "e:charge");
  t.equal(after.entries.at(-1)?.seq, 5);
  t.same(
    readFileSync(ledger, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
    after.entries,
  );
});

t.test("openLedger() cuts off a torn last line and goes on behind it", async (t) => {
  const file = join(t.testdir(), "ledger.ndjson");
  const before = openLedger(file);
  const entry = before.append({ kind: "close", key: "a" });
  before.close();
  appendFileSync(file, '{"seq":2,"at":1,"kind":"clo');
  const after = openLedger(file);
  t.same(after.entries, [entry]);
  t.equal(after.append({ kind: "close", key: "b" }).seq, 2);
  after.close();
  t.equal(readFileSync(file, "utf8").split("\n").length, 3);
});

t.test("openLedger() names the line that it can't read", async (t) => {
  const file = join(t.testdir(), "ledger.ndjson");
  const first = '{"seq":1,"at":1,"kind":"close","key":"a"}';
  for (const second of ["not JSON", '{"kind":"other","key":"a","seq":2}', first, "null"]) {
    writeFileSync(file, `${first}\n${second}\n`);
    t.throws(() => openLedger(file), /line 2 must be entry 2/, second);
  }
});

t.test("append() after close() throws instead of writing to whoever has the descriptor now", async (t) => {
  const ledger = openLedger(join(t.testdir(), "ledger.ndjson"));
  ledger.close();
  t.throws(() => ledger.append({ kind: "close", key: "a" }), /closed/);
  t.equal(ledger.entries.length, 0);
});
