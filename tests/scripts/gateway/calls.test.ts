import t from "tap";
import { admin, call, charge, close, gatewayFor, heldGatewayFor, ORDER, refund, until } from "./client.ts";

t.test("POST /charges answers 201 with the charge and enters it", async (t) => {
  const gateway = await gatewayFor(t);
  const { status, body } = await charge(gateway, "r-1:charge");
  t.equal(status, 201);
  t.match(body, {
    id: /^ch_/,
    key: "r-1:charge",
    amount: 4500,
    currency: "EUR",
    reference: "r-1",
    at: Number,
  });
  t.match(gateway.entries, [{ seq: 1, kind: "charge", id: body.id, key: "r-1:charge", amount: 4500 }]);
  t.equal(gateway.entries.length, 1);
});

t.test("POST /charges under the same key and body gives the same answer and charges once", async (t) => {
  const gateway = await gatewayFor(t);
  const [first, again] = [await charge(gateway, "k"), await charge(gateway, "k")];
  t.same(again.body, first.body);
  t.equal(again.status, 201);
  t.equal(gateway.entries.length, 1);
});

t.test("POST /charges under the same key with any other field is 422 key_reused", async (t) => {
  const gateway = await gatewayFor(t);
  await charge(gateway, "k");
  for (const change of [{ amount: 4501 }, { currency: "USD" }, { card: "tok_other" }, { reference: "r-2" }]) {
    t.match(await charge(gateway, "k", change), { status: 422, code: "key_reused" }, JSON.stringify(change));
  }
  t.equal(gateway.entries.length, 1);
});

t.test("POST /charges declines for ever under one key", async (t) => {
  const gateway = await gatewayFor(t);
  const first = await charge(gateway, "k", { card: "tok_declined_1" });
  t.match(first, { status: 402, code: "card_declined" });
  t.equal(first.headers.get("content-type"), "application/problem+json");
  t.match(first.body, { type: "about:blank", title: "Payment Required", status: 402, detail: String });
  t.match(await charge(gateway, "k", { card: "tok_declined_1" }), { status: 402, code: "card_declined" });
  t.match(gateway.entries, [{ kind: "decline", code: "card_declined" }]);
});

t.test("POST /charges with a seeded share of declines", async (t) => {
  const keys = Array.from({ length: 40 }, (_, n) => `k-${n}`);
  const declined = async (seed: number) => {
    const gateway = await gatewayFor(t, { seed, faults: { decline: 0.5 } });
    const replies = await Promise.all(keys.map((key) => charge(gateway, key)));
    return keys.filter((_, n) => replies[n]?.code === "insufficient_funds");
  };
  const [one, same, other] = [await declined(1), await declined(1), await declined(2)];
  t.ok(one.length > 5 && one.length < 35, `${one.length} of 40`);
  t.same(same, one);
  t.notSame(other, one);
});

t.test("POST /charges refuses what is malformed and leaves the key unused", async (t) => {
  const gateway = await gatewayFor(t);
  const cases = [
    { title: "no JSON", body: "{", status: 400, code: "body_malformed" },
    { title: "no body", body: "", status: 422, code: "body_invalid" },
    { title: "amount 0", body: { ...ORDER, amount: 0 }, status: 422, code: "body_invalid" },
    { title: "amount with a fraction", body: { ...ORDER, amount: 1.5 }, status: 422, code: "body_invalid" },
    { title: "amount as text", body: { ...ORDER, amount: "45" }, status: 422, code: "body_invalid" },
    { title: "currency", body: { ...ORDER, currency: "euro" }, status: 422, code: "body_invalid" },
    { title: "no reference", body: { ...ORDER, reference: "" }, status: 422, code: "body_invalid" },
    { title: "poison card", body: { ...ORDER, card: "tok_poison_7" }, status: 422, code: "card_invalid" },
    { title: "too large", body: { ...ORDER, card: "x".repeat(20_000) }, status: 413, code: "body_too_large" },
  ];
  for (const { title, body, status, code } of cases) {
    t.match(await call(gateway.url, "/charges", { key: "k", body }), { status, code }, title);
  }
  t.match(await call(gateway.url, "/charges", { body: ORDER }), { status: 400, code: "key_missing" });
  t.equal(gateway.entries.length, 0);
  t.equal((await charge(gateway, "k")).status, 201, "the key is still good");
});

t.test("the gateway answers 404 and 405 to what it doesn't have", async (t) => {
  const gateway = await gatewayFor(t);
  t.match(await call(gateway.url, "/ledger", { method: "GET" }), { status: 404, code: "not_found" });
  t.match(await call(gateway.url, "/charges", { method: "GET" }), {
    status: 405,
    code: "method_not_allowed",
  });
  t.match(await call(gateway.url, "/keys/%zz/close"), { status: 400, code: "key_missing" });
});

t.test("a key under way answers 409 to charge and close, 422 to another body", async (t) => {
  const { gateway, goOn } = await heldGatewayFor(t, { faults: { stall: 1 } });
  const first = charge(gateway, "k");
  await until(() => gateway.stats().inProgress === 1);
  gateway.changeFaults({ stall: 0 });
  const again = await charge(gateway, "k");
  t.match(again, { status: 409, code: "key_in_progress" });
  t.equal(again.headers.get("retry-after"), "1");
  t.match(await close(gateway, "k"), { status: 409, code: "key_in_progress" });
  t.match(await charge(gateway, "k", { amount: 1 }), { status: 422, code: "key_reused" });
  goOn();
  const done = await first;
  t.equal(done.status, 201);
  t.match(await close(gateway, "k"), { status: 200, body: { state: "charged", charge: done.body } });
  t.equal(gateway.stats().inProgress, 0);
});

t.test("a charge whose client went away goes through all the same", async (t) => {
  const { gateway, goOn } = await heldGatewayFor(t, { faults: { stall: 1 } });
  const away = new AbortController();
  const first = charge(gateway, "k", {}, away.signal);
  await until(() => gateway.stats().inProgress === 1);
  away.abort();
  await t.rejects(first);
  goOn();
  await until(() => gateway.entries.length === 1);
  t.match(gateway.entries, [{ kind: "charge", key: "k" }]);
});

t.test("POST /keys/{key}/close bars an unused key for ever, idempotently", async (t) => {
  const gateway = await gatewayFor(t);
  const first = await close(gateway, "a:charge");
  t.match(first, { status: 200, body: { key: "a:charge", state: "closed", at: Number } });
  t.same((await close(gateway, "a:charge")).body, first.body);
  t.match(await charge(gateway, "a:charge"), { status: 410, code: "key_closed" });
  t.match(await charge(gateway, "a:charge", { amount: 1 }), { status: 410, code: "key_closed" });
  t.match(gateway.entries, [{ kind: "close" }]);
  t.equal(gateway.entries.length, 1);
});

t.test("POST /keys/{key}/close names the charge or the decline that stands", async (t) => {
  const gateway = await gatewayFor(t);
  const charged = await charge(gateway, "a");
  await charge(gateway, "b", { card: "tok_declined" });
  t.match(await close(gateway, "a"), { status: 200, body: { state: "charged", charge: charged.body } });
  t.match(await close(gateway, "b"), { status: 200, body: { state: "declined", code: "card_declined" } });
  t.same((await charge(gateway, "a")).body, charged.body, "the charge stands after it");
  t.equal(gateway.entries.length, 2);
});

t.test("POST /refunds gives the whole charge back once", async (t) => {
  const gateway = await gatewayFor(t);
  const { body } = await charge(gateway, "a:charge");
  const first = await refund(gateway, "a:refund", { charge: body.id, amount: 4500 });
  t.match(first, { status: 201, body: { id: /^re_/, charge: body.id, amount: 4500, reference: "r-1" } });
  t.same((await refund(gateway, "a:refund", { charge: body.id, amount: 4500 })).body, first.body);
  const cases = [
    { key: "other", body: { charge: body.id }, status: 422, code: "charge_already_refunded" },
    { key: "a:refund", body: { charge: "ch_x", amount: 4500 }, status: 422, code: "key_reused" },
    { key: "a:charge", body: { charge: body.id }, status: 422, code: "key_reused" },
    { key: "b", body: { charge: "ch_x" }, status: 404, code: "charge_unknown" },
    { key: "c", body: {}, status: 422, code: "body_invalid" },
  ];
  for (const { key, body, status, code } of cases) {
    t.match(await refund(gateway, key, body), { status, code }, code);
  }
  t.match(await close(gateway, "a:refund"), { status: 422, code: "key_not_charge" });
  t.equal(gateway.entries.length, 2);
});

t.test("POST /refunds refuses a part, and a second one that runs beside the first", async (t) => {
  const { gateway, goOn } = await heldGatewayFor(t, { faults: { latencyMs: 20 } });
  goOn();
  const { body } = await charge(gateway, "a:charge");
  goOn();
  t.match(await refund(gateway, "p", { charge: body.id, amount: 1 }), {
    status: 422,
    code: "amount_mismatch",
  });
  const asked = ["x", "y"].map((key) => refund(gateway, key, { charge: body.id }));
  await until(() => gateway.stats().inProgress === 2);
  for (const _ of asked) goOn();
  const both = await Promise.all(asked);
  t.same(both.map(({ status }) => status).sort(), [201, 422]);
  t.equal(gateway.entries.filter(({ kind }) => kind === "refund").length, 1);
});

t.test("maxKeys bounds the keys remembered, known ones go on", async (t) => {
  const gateway = await gatewayFor(t, { maxKeys: 2 });
  await charge(gateway, "a");
  await close(gateway, "b");
  t.match(await charge(gateway, "c"), { status: 503, code: "ledger_full" });
  t.equal((await charge(gateway, "a")).status, 201);
  t.equal(gateway.stats().keys, 2);
});

t.test("GET /ledger gives every entry, later ones and one kind", async (t) => {
  const gateway = await gatewayFor(t);
  await charge(gateway, "a");
  await charge(gateway, "b", { card: "tok_declined" });
  await close(gateway, "c");
  const lines = async (query: string) => {
    const response = await fetch(`${gateway.adminUrl}/ledger${query}`);
    t.equal(response.headers.get("content-type"), "application/x-ndjson");
    return (await response.text())
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  t.same(await lines(""), gateway.entries);
  t.same(await lines("?after=2"), gateway.entries.slice(2));
  t.same(await lines("?kind=decline"), gateway.entries.slice(1, 2));
  t.same(await lines("?after=3"), []);
  t.match(await admin(gateway, "GET", "/ledger?after=x"), { status: 422, code: "after_invalid" });
  t.match(await admin(gateway, "GET", "/stats"), {
    status: 200,
    body: { charges: 1, declines: 1, refunds: 0, closes: 1, keys: 3, calls: 3, inProgress: 0, outage: null },
  });
});
