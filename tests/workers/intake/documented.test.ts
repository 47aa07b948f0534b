import t from "tap";
import type { z } from "zod";
import { PublishFailed } from "../../../workers/_runtime/mod.ts";
import { ProblemBody } from "../../../workers/intake/messages.ts";
import { operations } from "../../../workers/intake/operations.ts";
import { problems } from "../../../workers/intake/problem.ts";
import { type Answer, gala, openShop, type Shop, type ShopOptions } from "./open-shop.ts";

type Operations = typeof operations;
type Scene = { readonly with?: ShopOptions; readonly ask: (shop: Shop) => Promise<Answer> };
/** One scene for the answer and for each problem that an operation documents: the compiler misses none. */
type Scenes = {
  readonly [O in keyof Operations]: { readonly [P in Operations[O]["problems"][number] | "answer"]: Scene };
};

const ADA = { headers: { "x-client-id": "ada" } };
const noRate = { limits: { rate: { perSecond: 0.1, burst: 0 } } };
const noRoom = { limits: { maxInFlight: 0 } };

/** Publishing fails from now on. */
function failing(shop: Shop, certain: boolean): void {
  shop.publishing = async () => {
    throw new PublishFailed(certain, "no");
  };
}

/** The seat map is not there any more. */
const closed = (shop: Shop) => shop.redis.call("DEL", `${shop.prefix}seats:generation`);
/** What is kept of the concert can't be read: our fault. */
const garbled = (shop: Shop) => shop.redis.call("HSET", `${shop.seatKeys}concerts`, "gala", "1 {");
/** The same of a reservation. */
const spoilt = (shop: Shop, id: string) => shop.redis.call("SET", `${shop.seatKeys}reservation:${id}`, "x");

async function reservedId(shop: Shop, state?: "sold" | "expired"): Promise<string> {
  const { json } = await shop.reserve(["A-1"], { key: "k" });
  const reservation = await shop.seatMap.find(String(json?.reservationId));
  if (!reservation) throw new Error("no reservation");
  if (state)
    await shop.seatMap.move(reservation, { seats: state === "sold" ? "sell" : "free", set: { state } });
  return reservation.reservationId;
}

const post = (shop: Shop, body: string, type = "application/json") =>
  shop.ask("POST", "/reservations", {
    headers: { "idempotency-key": "k", ...ADA.headers, "content-type": type },
    body,
  });
const remove = (shop: Shop, id: string) => shop.ask("DELETE", `/reservations/${id}`, ADA);
const after = (prepare: (shop: Shop) => unknown, ask: (shop: Shop) => Promise<Answer>): Scene => ({
  ask: async (shop) => {
    await prepare(shop);
    return ask(shop);
  },
});
const get = (path: string): Scene => ({ ask: (shop) => shop.ask("GET", path) });
const getAfter = (prepare: (shop: Shop) => unknown, path: string) => after(prepare, get(path).ask);
const reserve = (shop: Shop) => shop.reserve(["A-1"], { key: "k" });

const scenes: Scenes = {
  reserve: {
    answer: { ask: reserve },
    "invalid-request": { ask: (shop) => shop.reserve([]) },
    "unknown-concert": { ask: (shop) => shop.reserve(["A-1"], { concertId: "none" }) },
    "unknown-seats": { ask: (shop) => shop.reserve(["Z-1"]) },
    taken: after((shop) => shop.reserve(["A-1"], { client: "grace" }), reserve),
    "too-large": { ask: (shop) => post(shop, `"${"x".repeat(20_000)}"`) },
    "unsupported-media-type": { ask: (shop) => post(shop, "x", "text/plain") },
    "key-reused": after(reserve, (shop) => shop.reserve(["A-2"], { key: "k" })),
    "rate-limited": { with: noRate, ask: reserve },
    internal: after(garbled, reserve),
    busy: { with: noRoom, ask: reserve },
    unavailable: after(closed, reserve),
    "not-published": after((shop) => failing(shop, true), reserve),
    "outcome-unknown": after((shop) => failing(shop, false), reserve),
  },
  cancel: {
    answer: { ask: async (shop) => remove(shop, await reservedId(shop)) },
    "invalid-request": { ask: (shop) => shop.ask("DELETE", "/reservations/r1") },
    "unknown-reservation": { ask: (shop) => remove(shop, "r1") },
    ended: { ask: async (shop) => remove(shop, await reservedId(shop, "expired")) },
    "cut-off-passed": {
      with: { concerts: [{ ...gala, cutOffAt: 1 }] },
      ask: async (shop) => remove(shop, await reservedId(shop, "sold")),
    },
    "rate-limited": { with: noRate, ask: (shop) => remove(shop, "r1") },
    internal: after(
      (shop) => spoilt(shop, "r1"),
      (shop) => remove(shop, "r1"),
    ),
    busy: { with: noRoom, ask: (shop) => remove(shop, "r1") },
    unavailable: after(closed, (shop) => remove(shop, "r1")),
    "not-published": { ask: async (shop) => failingCancel(shop, true) },
    "outcome-unknown": { ask: async (shop) => failingCancel(shop, false) },
  },
  reservation: {
    answer: { ask: async (shop) => shop.ask("GET", `/reservations/${await reservedId(shop)}`) },
    "invalid-request": get("/reservations/r%20x"),
    "unknown-reservation": get("/reservations/r1"),
    internal: getAfter((shop) => spoilt(shop, "r1"), "/reservations/r1"),
    unavailable: getAfter(closed, "/reservations/r1"),
  },
  concerts: {
    answer: get("/concerts"),
    internal: getAfter(garbled, "/concerts"),
    unavailable: getAfter(closed, "/concerts"),
  },
  concert: {
    answer: get("/concerts/gala"),
    "invalid-request": get(`/concerts/${"x".repeat(65)}`),
    "unknown-concert": get("/concerts/none"),
    internal: getAfter(garbled, "/concerts/gala"),
    unavailable: getAfter(closed, "/concerts/gala"),
  },
  seats: {
    answer: get("/concerts/gala/seats"),
    "invalid-request": get(`/concerts/gala/seats?since=${"x".repeat(101)}`),
    "unknown-concert": get("/concerts/none/seats"),
    internal: getAfter(garbled, "/concerts/gala/seats"),
    unavailable: getAfter(closed, "/concerts/gala/seats"),
  },
};

async function failingCancel(shop: Shop, certain: boolean): Promise<Answer> {
  const id = await reservedId(shop);
  failing(shop, certain);
  return remove(shop, id);
}

for (const [id, named] of Object.entries(scenes)) {
  // The keys of `scenes` are those of `operations`, which the compiler checks above.
  const operation = operations[id as keyof Operations];
  for (const [name, scene] of Object.entries<Scene>(named)) {
    t.test(`${operation.method} ${operation.path} gives ${name} as documented`, async (t) => {
      const shop = await openShop(t, scene.with);
      const answer = await scene.ask(shop);
      if (name === "answer") {
        t.equal(answer.status, operation.answer.status);
        const schema: z.ZodType = operation.answer.content["application/json"];
        t.same(schema.parse(answer.json), answer.json, "all it holds is documented");
        for (const header of Object.keys("headers" in operation.answer ? operation.answer.headers : {}))
          t.ok(answer.headers.get(header), header);
        return;
      }
      // Every other name is a problem's, which the compiler checks too.
      const { status, title } = problems[name as keyof typeof problems];
      t.equal(answer.status, status);
      t.equal(answer.headers.get("content-type"), "application/problem+json");
      t.match(ProblemBody.strict().parse(answer.json), { type: `/problems/${name}`, title, status });
      if (status === 429 || status === 503) t.match(answer.headers.get("retry-after"), /^[1-9]\d*$/);
    });
  }
}
