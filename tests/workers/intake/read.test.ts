import t from "tap";
import { gala, openShop } from "./open-shop.ts";

t.test("GET /concerts lists the catalogue by start, without rows", async (t) => {
  const early = { ...gala, concertId: "early", name: "Early", startsAt: gala.startsAt - 1 };
  const shop = await openShop(t, { concerts: [gala, early] });
  const { status, json } = await shop.ask("GET", "/concerts");
  t.equal(status, 200);
  t.same(json, {
    concerts: [early, gala].map(({ concertId, name, startsAt }) => ({
      concertId,
      name,
      hall: "Grand Hall",
      currency: "EUR",
      startsAt: new Date(startsAt).toISOString(),
      cutOffAt: "2035-05-31T19:00:00.000Z",
      seats: 600,
    })),
  });
});

t.test("GET /concerts/{id} is JSON for programs and a page for browsers", async (t) => {
  const shop = await openShop(t);
  const forProgram = await shop.ask("GET", "/concerts/gala");
  t.match(forProgram.json, { concertId: "gala", rows: gala.rows });
  t.match(forProgram.headers.get("vary"), "accept");
  const forBrowser = await shop.ask("GET", "/concerts/gala", { headers: { accept: "text/html,*/*;q=0.8" } });
  t.match(forBrowser.headers.get("content-type"), "text/html");
  const none = await shop.ask("GET", "/concerts/none");
  t.equal(none.status, 404);
  t.match(none.json, { type: "/problems/unknown-concert" });
});

t.test("GET /concerts/{id}/seats gives everything, then what changed, then nothing new", async (t) => {
  const shop = await openShop(t);
  await shop.reserve(["A-1"], { key: "k" });
  const all = await shop.ask("GET", "/concerts/gala/seats");
  t.equal(all.status, 200);
  t.match(all.json, { concertId: "gala", full: true, seats: { "A-1": "held" } });
  t.equal(all.headers.get("etag"), `"${all.json?.version}"`);

  await shop.reserve(["B-2"]);
  const [held] = shop.log;
  const reservation = await shop.seatMap.find(held?.reservationId ?? "");
  if (!reservation) return t.fail("no reservation");
  await shop.seatMap.move(reservation, { seats: "free", set: { state: "expired" } });
  const since = encodeURIComponent(String(all.json?.version));
  const changed = await shop.ask("GET", `/concerts/gala/seats?since=${since}`);
  t.match(changed.json, { full: false });
  t.same(changed.json?.seats, { "A-1": "free", "B-2": "held" });

  const etag = changed.headers.get("etag") ?? "";
  const same = await shop.ask("GET", `/concerts/gala/seats?since=${since}`, {
    headers: { "if-none-match": etag },
  });
  t.equal(same.status, 304);
  t.equal(same.text, "");
  const unknown = await shop.ask("GET", "/concerts/gala/seats?since=nonsense");
  t.match(unknown.json, { full: true, seats: { "B-2": "held" } });
  t.equal((await shop.ask("GET", "/concerts/none/seats")).status, 404);
});

t.test("GET /reservations/{id} of none is 404", async (t) => {
  const shop = await openShop(t);
  const { status, json, headers } = await shop.ask("GET", "/reservations/r0");
  t.equal(status, 404);
  t.match(headers.get("content-type"), "application/problem+json");
  t.match(json, {
    type: "/problems/unknown-reservation",
    title: "There is no such reservation",
    status: 404,
  });
});

for (const [what, request, status, type, places] of [
  ["no Idempotency-Key", { drop: "idempotency-key" }, 400, "invalid-request", ["header idempotency-key"]],
  ["nobody who asks", { drop: "x-client-id" }, 400, "invalid-request", ["header x-client-id"]],
  ["two clients", { body: { customerId: "grace" } }, 400, "invalid-request", ["/customerId"]],
  ["no seats", { body: { seats: [] } }, 400, "invalid-request", ["/seats"]],
  [
    "nine seats",
    { body: { seats: Array.from({ length: 9 }, (_, i) => `A-${i}`) } },
    400,
    "invalid-request",
    ["/seats"],
  ],
  ["a seat twice", { body: { seats: ["A-1", "A-1"] } }, 400, "invalid-request", ["/seats"]],
  [
    "several errors",
    { body: { seats: [7], card: "4111 1111 1111 1111", email: "nobody", more: 1 } },
    400,
    "invalid-request",
    ["/seats/0", "/card", "/email", "/"],
  ],
  ["broken JSON", { text: "{" }, 400, "invalid-request", ["/"]],
  ["a poisoned prototype", { text: '{"__proto__":{"x":1}}' }, 400, "invalid-request", ["/"]],
  ["no body", { text: "" }, 400, "invalid-request", ["/"]],
  ["a body of 20 kB", { text: `"${"x".repeat(20_000)}"` }, 413, "too-large", undefined],
  ["XML", { text: "<a/>", type: "text/xml" }, 415, "unsupported-media-type", undefined],
] as const) {
  t.test(`POST /reservations with ${what} is ${status} ${type}`, async (t) => {
    const shop = await openShop(t);
    const headers: Record<string, string> = {
      "x-client-id": "ada",
      "idempotency-key": "k",
      "content-type": "type" in request ? request.type : "application/json",
    };
    if ("drop" in request) delete headers[request.drop];
    const body = {
      concertId: "gala",
      seats: ["A-1"],
      card: "tok_good",
      ...("body" in request && request.body),
    };
    const answer = await shop.ask("POST", "/reservations", {
      headers,
      body: "text" in request ? request.text : body,
    });
    t.equal(answer.status, status);
    t.match(answer.headers.get("content-type"), "application/problem+json");
    t.match(answer.json, { type: `/problems/${type}`, status });
    if (places) {
      // Asserted above to be a problem of this shape.
      const errors = answer.json?.errors as { place: string; detail: string }[];
      t.same(
        errors.map(({ place }) => place),
        places,
      );
      t.ok(errors.every(({ detail }) => detail.length > 0));
    }
    t.same((await shop.seatMap.seats("gala")).seats, {});
  });
}

t.test("POST /reservations takes no card number for a token, however it is written", async (t) => {
  const shop = await openShop(t);
  const numbers = ["4111111111111111", "4111-1111-1111-1111", "-4111.1111.1111.1111", "(378282246310005)"];
  for (const card of [...numbers, " 4111111111111111", "tok 1", "tok\u0000", "\ud800", ""]) {
    const answer = await shop.reserve(["A-1"], { card });
    t.match(answer.json, { status: 400, errors: [{ place: "/card" }] }, JSON.stringify(card));
    t.notMatch(answer.text, /1111/, "and isn't told back");
  }
  t.same(shop.log, []);
  t.equal((await shop.reserve(["A-1"], { card: "tok_4111111111111111" })).status, 202);
});

t.test("an address that can't be read is 400 as a problem", async (t) => {
  const shop = await openShop(t);
  for (const path of ["/reservations/%E0%A4%A", `/concerts/${"x".repeat(300)}`]) {
    const answer = await shop.ask("GET", path);
    t.equal(answer.status, 400);
    t.equal(answer.headers.get("content-type"), "application/problem+json");
    t.match(answer.json, { type: "/problems/invalid-request" });
  }
});

t.test("an address that nobody serves is 404 as a problem, whatever the method", async (t) => {
  const shop = await openShop(t);
  for (const method of ["GET", "PUT"]) {
    const answer = await shop.ask(method, "/nowhere");
    t.equal(answer.status, 404);
    t.match(answer.json, { type: "/problems/not-found" });
  }
});

t.test("what isn't even HTTP is answered with a problem and a closed connection", async (t) => {
  const { connect } = await import("node:net");
  const shop = await openShop(t);
  const socket = connect(Number(new URL(shop.url).port), "127.0.0.1");
  socket.end("NONSENSE\r\n\r\n");
  let text = "";
  for await (const chunk of socket) text += chunk;
  t.match(text, /^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json\r\n/);
  t.match(JSON.parse(text.slice(text.indexOf("{"))), { status: 400, type: "/problems/invalid-request" });
});
