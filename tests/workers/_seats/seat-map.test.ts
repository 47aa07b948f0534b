import t from "tap";
import { quote, requestHash } from "../../../workers/_seats/mod.ts";
import { MARGIN_MS, openSeatMap } from "../../_support/seats.ts";

t.test("hold() gives one seat to exactly one of 200 who ask at once", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  const results = await Promise.all(
    Array.from({ length: 200 }, (_, n) => seatMap.hold(request(`r${n}`, { seats: ["A-1"] }))),
  );
  const held = results.flatMap((result) =>
    result.kind === "held" ? [result.reservation.reservationId] : [],
  );
  t.equal(held.length, 1);
  t.equal(results.filter(({ kind }) => kind === "taken").length, 199);
  t.strictSame((await seatMap.seats("c")).seats, { "A-1": "held" });
  t.equal((await seatMap.find(held[0] ?? ""))?.state, "held");
});

t.test("hold() takes all of 1 to 8 seats or none", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  for (let count = 1; count <= 8; count++) {
    const concertId = `c${count}`;
    const seats = Array.from({ length: count }, (_, n) => `B-${n + 1}`);
    await seatMap.hold(request(`one${count}`, { concertId, seats: [`B-${count}`] }));
    const result = await seatMap.hold(request(`many${count}`, { concertId, seats }));
    t.strictSame(result, { kind: "taken", seats: [`B-${count}`] });
    t.equal(await seatMap.find(`many${count}`), undefined);
    t.strictSame((await seatMap.seats(concertId)).seats, { [`B-${count}`]: "held" });
    t.equal((await seatMap.hold(request(`free${count}`, { concertId: `f${count}`, seats }))).kind, "held");
    t.equal(Object.keys((await seatMap.seats(`f${count}`)).seats).length, count);
  }
});

t.test("hold() refuses no, nine or repeated seats", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  for (const seats of [[], Array.from({ length: 9 }, (_, n) => `A-${n}`), ["A-1", "A-1"]])
    await t.rejects(seatMap.hold(request("r", { seats })), { name: "RangeError" });
});

t.test("hold() answers a retry with the first request, another body with conflict", async (t) => {
  const { seatMap, request, clock } = await openSeatMap(t);
  const first = await seatMap.hold(request("r"));
  if (first.kind !== "held") return t.fail("not held");
  t.equal(first.fresh, true);
  t.equal(first.published, false);
  t.equal(first.reservation.requestedAt, clock.now);
  clock.now += 100;
  const again = await seatMap.hold(request("r"));
  if (again.kind !== "held") return t.fail("not held");
  t.equal(again.fresh, false);
  t.strictSame(again.reservation, first.reservation);
  t.strictSame(await seatMap.hold(request("r", { seats: ["A-2"] })), { kind: "conflict" });
  await seatMap.published("r", first.generation);
  t.match(await seatMap.hold(request("r")), { kind: "held", fresh: false, published: true });
});

t.test("hold() answers a retry of what is over with its state", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  const held = await seatMap.hold(request("r"));
  if (held.kind !== "held") return t.fail("not held");
  t.equal(
    await seatMap.move(held.reservation, { seats: "free", set: { state: "expired", endedBy: "x" } }),
    "moved",
  );
  t.match(await seatMap.hold(request("r")), { kind: "ended", state: "expired" });
  t.strictSame(await seatMap.hold(request("r", { seats: ["A-2"] })), { kind: "conflict" });
});

t.test("hold() takes another's seats only after deadline and margin, and lapses it whole", async (t) => {
  const { seatMap, request, clock } = await openSeatMap(t);
  await seatMap.hold(request("old", { seats: ["A-1", "A-2"] }));
  await seatMap.hold(request("old2", { seats: ["A-3"] }));
  clock.now += 1_000 + MARGIN_MS;
  t.strictSame(await seatMap.hold(request("new", { seats: ["A-2", "A-3"] })), {
    kind: "taken",
    seats: ["A-2", "A-3"],
  });
  clock.now += 1;
  t.match(await seatMap.hold(request("new", { seats: ["A-2", "A-3"] })), { kind: "held", fresh: true });
  t.equal((await seatMap.find("old"))?.state, "lapsed");
  t.equal((await seatMap.find("old2"))?.state, "lapsed");
  t.strictSame((await seatMap.seats("c")).seats, { "A-2": "held", "A-3": "held" });
});

t.test("hold() never takes a sold seat, however old", async (t) => {
  const { seatMap, request, clock } = await openSeatMap(t);
  const held = await seatMap.hold(request("old"));
  if (held.kind !== "held") return t.fail("not held");
  t.equal(
    await seatMap.move(held.reservation, { seats: "sell", set: { state: "sold", soldBy: "x" } }),
    "moved",
  );
  clock.now += 1_000_000;
  t.strictSame(await seatMap.hold(request("new")), { kind: "taken", seats: ["A-1"] });
});

t.test("release() frees only when every attempt of the reservation certainly failed", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  const first = await seatMap.hold(request("r"));
  await seatMap.hold(request("r"));
  if (first.kind !== "held") return t.fail("not held");
  await seatMap.release("r", first.generation);
  t.equal((await seatMap.find("r"))?.state, "held", "the second attempt may still be under way");
  await seatMap.release("r", first.generation);
  t.equal(await seatMap.find("r"), undefined);
  t.strictSame((await seatMap.seats("c")).seats, {});
  await seatMap.hold(request("r"));
  await seatMap.published("r", first.generation);
  await seatMap.release("r", first.generation);
  t.equal((await seatMap.find("r"))?.state, "held", "it is in the log");
});

t.test("release() leaves what has ended meanwhile", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  const held = await seatMap.hold(request("r"));
  if (held.kind !== "held") return t.fail("not held");
  await seatMap.move(held.reservation, { seats: "free", set: { state: "cancelled", endedBy: "x" } });
  await seatMap.release("r", held.generation);
  t.match(await seatMap.find("r"), { state: "cancelled", endedBy: "x" });
});

t.test("move() is refused once the hold it was decided on lapsed", async (t) => {
  const { seatMap, request, clock } = await openSeatMap(t);
  const held = await seatMap.hold(request("old"));
  if (held.kind !== "held") return t.fail("not held");
  clock.now += 1_001 + MARGIN_MS;
  await seatMap.hold(request("new"));
  const expired = { seats: "free", set: { state: "expired", endedBy: "x" } } as const;
  t.equal(await seatMap.move(held.reservation, expired), "changed");
  t.equal((await seatMap.find("old"))?.state, "lapsed");
});

t.test("move() lets the first of two transitions win", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  const held = await seatMap.hold(request("r"));
  if (held.kind !== "held") return t.fail("not held");
  const outcomes = await Promise.all([
    seatMap.move(held.reservation, { seats: "sell", set: { state: "sold", soldBy: "a", chargeId: "ch" } }),
    seatMap.move(held.reservation, { seats: "free", set: { state: "cancelled", endedBy: "b" } }),
  ]);
  t.strictSame(outcomes, ["moved", "changed"]);
  t.match(await seatMap.find("r"), { state: "sold", soldBy: "a", chargeId: "ch", endedBy: undefined });
  t.strictSame((await seatMap.seats("c")).seats, { "A-1": "sold" });
});

t.test("move() sells nothing when one seat names another", async (t) => {
  const { seatMap, request, redis, prefix } = await openSeatMap(t);
  const held = await seatMap.hold(request("r", { seats: ["A-1", "A-2"] }));
  if (held.kind !== "held") return t.fail("not held");
  await redis.call("HSET", `${prefix}seats:${held.generation}:seats:c`, "A-2", "hother");
  const to = { seats: "sell", set: { state: "sold" } } as const;
  t.equal(await seatMap.move(held.reservation, to), "lost");
  t.equal((await seatMap.find("r"))?.state, "held");
  t.equal(await seatMap.move(held.reservation, { seats: "free", set: { state: "lapsed" } }), "moved");
  t.strictSame((await seatMap.seats("c")).seats, { "A-2": "held" }, "another's seat stays");
});

t.test("seats() answers everything, then only what changed", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  const first = await seatMap.hold(request("r", { seats: ["A-1", "A-2"] }));
  const all = await seatMap.seats("c");
  t.strictSame([all.full, all.seats], [true, { "A-1": "held", "A-2": "held" }]);
  t.strictSame(await seatMap.seats("c", all.version), { version: all.version, full: false, seats: {} });
  if (first.kind !== "held") return t.fail("not held");
  await seatMap.move(first.reservation, { seats: "free", set: { state: "expired" } });
  await seatMap.hold(request("s", { seats: ["A-2"] }));
  const changed = await seatMap.seats("c", all.version);
  t.strictSame([changed.full, changed.seats], [false, { "A-1": "free", "A-2": "held" }]);
  t.equal((await seatMap.seats("c", "another.5")).full, true);
  t.equal((await seatMap.seats("c", "nonsense")).full, true);
  t.strictSame((await seatMap.seats("nowhere")).seats, {});
});

t.test("adopt() holds the seats of a request that is only in the log, or begins it as lapsed", async (t) => {
  const { seatMap, request, clock } = await openSeatMap(t);
  const late = { ...request("late"), requestedAt: clock.now - 10 };
  t.match(await seatMap.adopt(late), { state: "held", published: true, requestedAt: clock.now - 10 });
  t.match(await seatMap.adopt({ ...request("gone"), requestedAt: clock.now }), { state: "lapsed" });
  await seatMap.hold(request("known", { seats: ["A-5"] }));
  t.match(await seatMap.adopt({ ...request("known", { seats: ["A-5"] }), requestedAt: 1 }), {
    state: "held",
    published: true,
    requestedAt: clock.now,
  });
  t.strictSame((await seatMap.seats("c")).seats, { "A-1": "held", "A-5": "held" });
});

t.test("announced() marks a known reservation only", async (t) => {
  const { seatMap, request } = await openSeatMap(t);
  await seatMap.hold(request("r"));
  t.match(await seatMap.announced("r"), { announced: true });
  t.equal(await seatMap.announced("nobody"), undefined);
});

t.test("putConcert() keeps the newest record", async (t) => {
  const { seatMap } = await openSeatMap(t);
  const concert = {
    type: "Concert",
    concertId: "c",
    name: "Mahler 2",
    hall: "Großer Saal",
    currency: "EUR",
    startsAt: 2,
    cutOffAt: 1,
    rows: [{ name: "A-left", seats: 10, price: 2_500 }],
  } as const;
  const event = { ...concert, rows: [...concert.rows] };
  await seatMap.putConcert(event, 10);
  await seatMap.putConcert({ ...event, name: "older" }, 9);
  t.strictSame(await seatMap.concert("c"), event);
  await seatMap.putConcert({ ...event, name: "newer" }, 10);
  t.equal((await seatMap.concert("c"))?.name, "newer");
  t.strictSame(await seatMap.concertIds(), ["c"]);
  t.equal(await seatMap.concert("d"), undefined);
});

t.test("quote() adds up prices and names seats that the hall doesn't have", (t) => {
  const concert = {
    currency: "EUR",
    rows: [
      { name: "A-left", seats: 10, price: 2_500 },
      { name: "B", seats: 2, price: 100 },
    ],
  };
  t.strictSame(quote(concert, ["A-left-10", "B-1"]), { kind: "price", amount: 2_600, currency: "EUR" });
  t.strictSame(quote(concert, ["A-left-11", "B-0", "B-1", "B-01", "C-1", "B"]), {
    kind: "unknown",
    seats: ["A-left-11", "B-0", "B-01", "C-1", "B"],
  });
  t.end();
});

t.test("requestHash() ignores the order of seats only", (t) => {
  const request = { customerId: "u", concertId: "c", seats: ["A-1", "A-2"], card: "tok" };
  t.equal(requestHash({ ...request, seats: ["A-2", "A-1"] }), requestHash(request));
  for (const other of [{ customerId: "v" }, { concertId: "d" }, { seats: ["A-1"] }, { card: "tik" }])
    t.not(requestHash({ ...request, ...other }), requestHash(request));
  t.end();
});
