import t from "tap";
import { changeFaults, NO_FAULTS } from "../../../scripts/gateway/faults.ts";
import { admin, charge, close, failureOf, gatewayFor, heldGatewayFor, until } from "./client.ts";

t.test("changeFaults() changes what is named and refuses what is wrong, naming it", async (t) => {
  t.same(changeFaults(NO_FAULTS, {}), NO_FAULTS);
  t.match(changeFaults({ ...NO_FAULTS, lost: 0.1 }, { hang: 0.2 }), { lost: 0.1, hang: 0.2 });
  t.match(changeFaults(NO_FAULTS, { latencyMs: 20 }), { latencyMs: 20, latencyP99Ms: 20 });
  const shares = { errorBefore: 0.1, errorAfter: 0.2, hang: 0.3, lost: 0.3, drip: 0.1 };
  t.match(changeFaults(NO_FAULTS, shares), shares, "decimal shares may add up to one");
  for (const wrong of [{ lost: 1.1 }, { lost: -0.1 }, { lots: 0.1 }, { latencyMs: "20" }, [], null, 7]) {
    t.throws(() => changeFaults(NO_FAULTS, wrong), RangeError, JSON.stringify(wrong));
  }
  t.throws(() => changeFaults(NO_FAULTS, { lots: 0.1 }), /lots/);
  t.throws(() => changeFaults(NO_FAULTS, { lost: 0.6, hang: 0.6 }), /at most 1: current value is 1\.2/);
});

t.test("PUT /faults replaces, PATCH /faults changes, a wrong value changes nothing", async (t) => {
  const gateway = await gatewayFor(t, { faults: { slowdown: 3 } });
  t.match((await admin(gateway, "PUT", "/faults", { lost: 0.1 })).body, { lost: 0.1, slowdown: 1 });
  t.match((await admin(gateway, "PATCH", "/faults", { hang: 0.2 })).body, { lost: 0.1, hang: 0.2 });
  t.match(await admin(gateway, "PUT", "/faults", { hang: 2 }), { status: 422, code: "faults_invalid" });
  t.match((await admin(gateway, "GET", "/faults")).body, { lost: 0.1, hang: 0.2 });
});

t.test("a fault before the effect leaves the ledger empty and the key good", async (t) => {
  const cases = [
    { fault: "errorBefore", status: 500, code: "internal" },
    { fault: "unavailable", status: 503, code: "unavailable" },
    { fault: "rateLimited", status: 429, code: "rate_limited" },
  ];
  for (const { fault, status, code } of cases) {
    const gateway = await gatewayFor(t, { faults: { [fault]: 1 } });
    t.match(await charge(gateway, "k"), { status, code }, fault);
    t.equal(gateway.entries.length, 0);
    gateway.changeFaults({ [fault]: 0 });
    t.equal((await charge(gateway, "k")).status, 201);
    t.match(gateway.stats(), { calls: 2, faults: { [fault]: 1 } });
  }
});

t.test("errorAfter answers 500 and the charge is there", async (t) => {
  const gateway = await gatewayFor(t, { faults: { errorAfter: 1 } });
  t.match(await charge(gateway, "k"), { status: 500, code: "internal" });
  gateway.changeFaults({ errorAfter: 0 });
  const [entry] = gateway.entries;
  t.match(await charge(gateway, "k"), { status: 201, body: { id: entry?.kind === "charge" && entry.id } });
});

t.test("hang and lost never answer and are reset in the end; only lost has charged", async (t) => {
  for (const fault of ["hang", "lost"] as const) {
    const gateway = await gatewayFor(t, { faults: { [fault]: 1 }, giveUpMs: 50 });
    t.match(await failureOf(charge(gateway, "k")), /ECONNRESET|UND_ERR_SOCKET/, fault);
    t.equal(gateway.entries.length, fault === "lost" ? 1 : 0, fault);
  }
});

t.test("a hanging call is heard of no sooner than its client gives up", async (t) => {
  const gateway = await gatewayFor(t, { faults: { hang: 1 } });
  const away = new AbortController();
  const answer = failureOf(charge(gateway, "k", {}, away.signal));
  await until(() => gateway.stats().faults.hang === 1);
  away.abort();
  t.equal(await answer, "AbortError");
});

t.test("resetBefore and resetAfter reset the connection; only resetAfter has charged", async (t) => {
  for (const fault of ["resetBefore", "resetAfter"] as const) {
    const gateway = await gatewayFor(t, { faults: { [fault]: 1 } });
    t.equal(await failureOf(charge(gateway, "k")), "ECONNRESET", fault);
    t.equal(gateway.entries.length, fault === "resetAfter" ? 1 : 0, fault);
  }
});

t.test("drip sends the whole answer in small pieces", async (t) => {
  const { gateway, goOn } = await heldGatewayFor(t, { faults: { drip: 1 } });
  const response = await fetch(`${gateway.url}/keys/k/close`, { method: "POST" });
  const parts: Uint8Array[] = [];
  // The next one is let go when this one was read: else those that wait for a busy reader come as one.
  goOn();
  for await (const part of response.body ?? []) {
    parts.push(part);
    goOn();
  }
  t.ok(
    parts.every(({ length }) => length === 1),
    "a byte at a time",
  );
  t.match(JSON.parse(Buffer.concat(parts).toString()), { key: "k", state: "closed" });
});

t.test("cards bring their own fault, once or always", async (t) => {
  const gateway = await gatewayFor(t, { giveUpMs: 20 });
  const twice = async (card: string) => {
    const once = () =>
      charge(gateway, `${card}:charge`, { card }).then(
        ({ status }) => status,
        () => "no answer",
      );
    return [await once(), await once()];
  };
  t.same(await twice("tok_flaky_1"), [500, 201]);
  t.same(await twice("tok_lost_1"), ["no answer", 201]);
  t.same(await twice("tok_failing_1"), [500, 500]);
  t.same(
    gateway.entries.map(({ key }) => key),
    ["tok_flaky_1:charge", "tok_lost_1:charge"],
  );
});

t.test("PUT /outage refuses connections, resets those there are, and ends by itself", async (t) => {
  const { gateway, goOn } = await heldGatewayFor(t, { faults: { stall: 1 } });
  const underWay = failureOf(charge(gateway, "k"));
  await until(() => gateway.stats().inProgress === 1);
  t.equal((await admin(gateway, "PUT", "/outage", { mode: "refuse", forMs: 60_000 })).status, 200);
  t.match(await underWay, /ECONNRESET|UND_ERR_SOCKET/);
  t.equal(await failureOf(charge(gateway, "l")), "ECONNREFUSED");
  t.match((await admin(gateway, "GET", "/stats")).body, { outage: "refuse" });
  goOn();
  await until(() => gateway.entries.length === 1);
  t.match(gateway.entries, [{ key: "k", kind: "charge" }], "what was under way goes through unheard");
  // Only now one that is over in a moment: a busy machine may take longer than it for what is asked above.
  t.equal((await admin(gateway, "PUT", "/outage", { mode: "refuse", forMs: 1 })).status, 200);
  await until(() => gateway.outage.mode === undefined);
  gateway.changeFaults({ stall: 0 });
  await gateway.outage.end();
  t.equal((await charge(gateway, "k")).status, 201);
});

t.test("PUT /outage with 503 and hang, DELETE /outage ends it", async (t) => {
  const gateway = await gatewayFor(t, { giveUpMs: 30 });
  await admin(gateway, "PUT", "/outage", { mode: "503", forMs: 60_000 });
  t.match(await close(gateway, "k"), { status: 503, code: "unavailable" });
  await admin(gateway, "PUT", "/outage", { mode: "hang", forMs: 60_000 });
  t.match(await failureOf(close(gateway, "k")), /ECONNRESET|UND_ERR_SOCKET/);
  t.equal(gateway.entries.length, 0);
  t.equal((await admin(gateway, "DELETE", "/outage")).status, 200);
  t.equal((await close(gateway, "k")).status, 200);
  t.match(await admin(gateway, "PUT", "/outage", { mode: "off" }), { status: 422, code: "outage_invalid" });
});

t.test("close() frees both ports in the middle of an outage and of calls", async (t) => {
  const gateway = await gatewayFor(t, { faults: { hang: 0.5, stall: 0.5, stallMs: 600_000 } });
  const calls = Array.from({ length: 20 }, (_, n) => failureOf(charge(gateway, `k-${n}`)));
  await until(() => gateway.stats().calls === 20);
  await gateway.outage.begin("refuse", 60_000);
  await gateway.close();
  for (const failure of await Promise.all(calls)) t.match(failure, /ECONNRESET|UND_ERR_SOCKET/);
  t.equal(await failureOf(fetch(gateway.url)), "ECONNREFUSED");
  t.equal(await failureOf(fetch(gateway.adminUrl)), "ECONNREFUSED");
  t.equal(gateway.entries.length, 0, "what was under way never happened");
  await gateway.close();
});
