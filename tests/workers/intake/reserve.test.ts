import t from "tap";
import { PublishFailed, Unavailable } from "../../../workers/_runtime/mod.ts";
import { reservationIdOf } from "../../../workers/intake/reservation-id.ts";
import { openShop } from "./open-shop.ts";

t.test("POST /reservations holds the seats and puts the request on record", async (t) => {
  const shop = await openShop(t);
  const before = Date.now();
  const answer = await shop.reserve(["A-1", "B-300"], { client: "ada", key: "k1", email: "ada@example.org" });
  t.equal(answer.status, 202);
  const reservationId = reservationIdOf("ada", "k1");
  t.equal(answer.headers.get("location"), `/reservations/${reservationId}`);
  t.match(answer.json, {
    reservationId,
    state: "held",
    concertId: "gala",
    seats: ["A-1", "B-300"],
    amount: 16_000,
    currency: "EUR",
  });
  t.notOk("customerId" in (answer.json ?? {}));
  const [event, ...more] = shop.log;
  t.same(more, []);
  t.match(event, {
    type: "ReservationRequested",
    reservationId,
    customerId: "ada",
    concertId: "gala",
    seats: ["A-1", "B-300"],
    amount: 16_000,
    currency: "EUR",
    card: "tok_good",
  });
  if (event?.type !== "ReservationRequested") return t.fail("not the request");
  t.ok(event.requestedAt >= before && event.requestedAt <= Date.now());
  t.ok(event.holdUntil >= before + 60_000 && event.holdUntil <= event.requestedAt + 60_000);
  t.notMatch(JSON.stringify(event), "example.org", "the address is not in the log");
  t.equal(await shop.addresses.get("ada"), "ada@example.org");
  t.same((await shop.seatMap.seats("gala")).seats, { "A-1": "held", "B-300": "held" });
  const shown = await shop.ask("GET", `/reservations/${reservationId}`);
  t.equal(shown.status, 200);
  t.same(shown.json, answer.json);
});

t.test("POST /reservations takes the client from the body when no header names it", async (t) => {
  const shop = await openShop(t);
  const body = { concertId: "gala", seats: ["A-1"], card: "tok_good", customerId: "grace" };
  const answer = await shop.ask("POST", "/reservations", { headers: { "idempotency-key": "k" }, body });
  t.equal(answer.status, 202);
  t.equal(answer.json?.reservationId, reservationIdOf("grace", "k"));
});

t.test("POST /reservations repeated is the same reservation, published once", async (t) => {
  const shop = await openShop(t);
  const first = await shop.reserve(["A-1", "A-2"], { key: "k" });
  const again = await shop.reserve(["A-2", "A-1"], { key: "k" });
  t.equal(again.status, 202);
  t.same(again.json, first.json);
  t.equal(shop.log.length, 1);
});

t.test("POST /reservations with the same key and another body is 422", async (t) => {
  const shop = await openShop(t);
  await shop.reserve(["A-1"], { key: "k" });
  for (const other of [{ card: "tok_other" }, { seats: ["A-2"] }]) {
    const answer = await shop.reserve(["A-1"], { key: "k", ...other });
    t.equal(answer.status, 422);
    t.match(answer.json, { type: "/problems/key-reused", reservationId: reservationIdOf("ada", "k") });
  }
  t.equal(
    (await shop.reserve(["A-3"], { key: "k", client: "grace" })).status,
    202,
    "keys are a client's own",
  );
  t.equal(shop.log.length, 2);
});

t.test("POST /reservations for taken seats is 409, names them and holds nothing", async (t) => {
  const shop = await openShop(t);
  await shop.reserve(["A-2"]);
  const answer = await shop.reserve(["A-1", "A-2", "A-3"], { client: "grace" });
  t.equal(answer.status, 409);
  t.match(answer.json, { type: "/problems/taken", seats: ["A-2"] });
  t.same((await shop.seatMap.seats("gala")).seats, { "A-2": "held" });
  t.equal(shop.log.length, 1);
});

t.test("POST /reservations for what isn't there is 404", async (t) => {
  const shop = await openShop(t);
  const seats = await shop.reserve(["A-1", "A-301", "Z-1"]);
  t.equal(seats.status, 404);
  t.match(seats.json, { type: "/problems/unknown-seats", seats: ["A-301", "Z-1"] });
  const concert = await shop.reserve(["A-1"], { concertId: "none" });
  t.equal(concert.status, 404);
  t.match(concert.json, { type: "/problems/unknown-concert" });
  t.same((await shop.seatMap.seats("gala")).seats, {});
});

t.test("POST /reservations whose publish certainly failed lets the seats go", async (t) => {
  const shop = await openShop(t);
  for (const error of [
    new PublishFailed(true, "no leader"),
    new Unavailable("registry", "the schema can't be had"),
  ]) {
    shop.publishing = async () => {
      throw error;
    };
    const answer = await shop.reserve(["A-1"], { key: "k" });
    t.equal(answer.status, 503);
    t.match(answer.json, { type: "/problems/not-published" });
    t.match(answer.headers.get("retry-after"), /^[1-9]\d*$/);
    t.same((await shop.seatMap.seats("gala")).seats, {});
  }
  shop.publishing = async () => {};
  t.equal((await shop.reserve(["A-1"], { client: "grace" })).status, 202, "another may have it");
});

t.test(
  "POST /reservations whose address can't be kept lets the seats go, and publishes nothing",
  async (t) => {
    const shop = await openShop(t);
    await shop.redis.call("SET", `${shop.prefix}address:ada`, "no place for an address");
    const answer = await shop.reserve(["A-1"], { email: "ada@example.org" });
    t.equal(answer.status, 500);
    t.notMatch(answer.text + shop.lines.join(""), "ada@example.org");
    t.same((await shop.seatMap.seats("gala")).seats, {});
    t.same(shop.log, []);
  },
);

t.test("POST /reservations whose publish is unknown keeps the seats and is published again", async (t) => {
  const shop = await openShop(t);
  shop.published = async () => {
    throw new PublishFailed(false, "the answer was lost");
  };
  const lost = await shop.reserve(["A-1"], { key: "k" });
  t.equal(lost.status, 503);
  t.match(lost.json, { type: "/problems/outcome-unknown", reservationId: reservationIdOf("ada", "k") });
  t.match(lost.headers.get("retry-after"), /^[1-9]\d*$/);
  t.equal((await shop.reserve(["A-1"], { client: "grace" })).status, 409, "the hold stays");

  shop.publishing = async () => {
    throw new PublishFailed(true, "no leader");
  };
  t.equal((await shop.reserve(["A-1"], { key: "k" })).status, 503);
  t.equal((await shop.reserve(["A-1"], { client: "grace" })).status, 409, "the first may be on record still");

  shop.publishing = shop.published = async () => {};
  t.equal((await shop.reserve(["A-1"], { key: "k" })).status, 202);
  t.equal((await shop.reserve(["A-1"], { key: "k" })).status, 202);
  t.equal(shop.log.length, 2, "published again until certain, then never");
  t.same(shop.log[0], shop.log[1], "and exactly as the first time");
});

t.test("POST /reservations publishes with a deadline", async (t) => {
  const shop = await openShop(t, { publishTimeoutMs: 50 });
  shop.publishing = (_event, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new PublishFailed(false, "given up")));
    });
  t.match((await shop.reserve(["A-1"])).json, { type: "/problems/outcome-unknown" });
});

t.test("POST /reservations of a reservation that ended tells how", async (t) => {
  const shop = await openShop(t);
  await shop.reserve(["A-1"], { key: "k" });
  const reservation = await shop.seatMap.find(reservationIdOf("ada", "k"));
  if (!reservation) return t.fail("no reservation");
  await shop.seatMap.move(reservation, { seats: "free", set: { state: "declined", reason: "DECLINED" } });
  const answer = await shop.reserve(["A-1"], { key: "k" });
  t.equal(answer.status, 202);
  t.match(answer.json, { state: "declined", reason: "DECLINED" });
  t.equal(shop.log.length, 1);
});

t.test("POST /reservations without an open seat map is 503, and reading too", async (t) => {
  const shop = await openShop(t);
  await shop.redis.call("DEL", `${shop.prefix}seats:generation`);
  for (const answer of [
    await shop.reserve(["A-1"]),
    await shop.ask("GET", "/concerts"),
    await shop.ask("GET", "/concerts/gala/seats"),
    await shop.ask("GET", "/reservations/r1"),
  ]) {
    t.equal(answer.status, 503);
    t.match(answer.json, { type: "/problems/unavailable" });
    t.match(answer.headers.get("retry-after"), /^[1-9]\d*$/);
  }
  t.equal(shop.log.length, 0);
});

t.test("POST /reservations by 200 buyers of one seat: one has it", async (t) => {
  const shop = await openShop(t);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, buyer) => shop.reserve(["A-7"], { client: `buyer-${buyer}` })),
  );
  const statuses = answers.map(({ status }) => status);
  t.equal(statuses.filter((status) => status === 202).length, 1);
  t.equal(statuses.filter((status) => status === 409).length, 199);
  t.equal(shop.log.length, 1);
});
