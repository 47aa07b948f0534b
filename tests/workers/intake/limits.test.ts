import { randomUUID } from "node:crypto";
import t from "tap";
import { PublishFailed } from "../../../workers/_runtime/mod.ts";
import { openShop } from "./open-shop.ts";

t.test("POST /reservations beyond a client's rate is 429 with Retry-After, for that client", async (t) => {
  const shop = await openShop(t, { limits: { rate: { perSecond: 0.001, burst: 2 } } });
  t.equal((await shop.reserve(["A-1"])).status, 202);
  t.equal((await shop.reserve(["A-2"])).status, 202);
  const answer = await shop.reserve(["A-3"]);
  t.equal(answer.status, 429);
  t.match(answer.json, { type: "/problems/rate-limited" });
  const seconds = Number(answer.headers.get("retry-after"));
  t.ok(seconds > 900 && seconds <= 1_000, `a token takes 1000 s: ${seconds}`);
  t.equal((await shop.reserve(["A-3"], { client: "grace" })).status, 202);
});

t.test("POST /reservations beyond what may be in flight is 503, and fine once there is room", async (t) => {
  const shop = await openShop(t, { limits: { maxInFlight: 2 } });
  const gate = Promise.withResolvers<void>();
  const entered = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let publishing = 0;
  shop.publishing = async () => {
    entered[publishing++]?.resolve();
    await gate.promise;
  };
  const underWay = [shop.reserve(["A-1"]), shop.reserve(["A-2"])];
  await Promise.all(entered.map(({ promise }) => promise));
  const refused = await shop.reserve(["A-3"], { key: "k" });
  t.equal(refused.status, 503);
  t.match(refused.json, { type: "/problems/busy" });
  t.match(refused.headers.get("retry-after"), /^[1-9]\d*$/);
  t.equal((await shop.ask("GET", "/concerts/gala/seats")).status, 200, "reading goes on");
  gate.resolve();
  for (const answer of await Promise.all(underWay)) t.equal(answer.status, 202);
  t.equal((await shop.reserve(["A-3"], { key: "k" })).status, 202);
});

t.test("close() lets what is in flight finish and takes nothing new", async (t) => {
  const shop = await openShop(t);
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  shop.publishing = async () => {
    entered.resolve();
    await gate.promise;
  };
  const underWay = shop.reserve(["A-1"]);
  await entered.promise;
  const closed = shop.close();
  await t.rejects(fetch(`${shop.url}/concerts`, { headers: { connection: "close" } }));
  gate.resolve();
  t.equal((await underWay).status, 202);
  await closed;
});

t.test("nothing that intake logs names a person", async (t) => {
  const shop = await openShop(t);
  const client = `secret-${randomUUID()}`;
  shop.publishing = async () => {
    throw new PublishFailed(true, "no leader");
  };
  await shop.reserve(["A-1"], { client, email: "secret@example.org", card: "tok_secret" });
  await shop.redis.call("DEL", `${shop.prefix}seats:generation`);
  await shop.reserve(["A-1"], { client, email: "secret@example.org", card: "tok_secret" });
  t.ok(shop.lines.length > 0);
  t.notMatch(shop.lines.join(""), /secret/);
});
