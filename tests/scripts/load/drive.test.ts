import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import type { Accepted, Sown } from "../../../scripts/load/accepted.ts";
import { type Drive, drive } from "../../../scripts/load/drive.ts";
import type { ReserveStep } from "../../../scripts/load/step.ts";
import { summaryOf } from "../../../scripts/load/summary.ts";
import { createTally } from "../../../scripts/load/tally.ts";

interface Call {
  readonly method: string;
  readonly url: string;
  readonly key: string | undefined;
  readonly seats: readonly string[];
}

/** A tiny intake of our own: `answer` is asked for each call, in the order they come. */
async function shop(t: Test, answer: (call: Call, response: ServerResponse, index: number) => void) {
  const calls: Call[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { seats = [] } = body === "" ? {} : JSON.parse(body);
    const key = request.headers["idempotency-key"];
    const call = { method: request.method ?? "", url: request.url ?? "", key: key?.toString(), seats };
    calls.push(call);
    answer(call, response, calls.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ledger: (Accepted | Sown)[] = [];
  const run: Drive = {
    shop: { url: `http://127.0.0.1:${port}`, concertId: "c", run: "r", timeoutMs: 60_000 },
    tally: createTally(),
    jitter: () => 0,
    sow: async () => {},
    note: (entry) => ledger.push(entry),
    signal: AbortSignal.timeout(200_000),
  };
  return { calls, ledger, run };
}

const accept = (response: ServerResponse, reservationId: string) =>
  response
    .writeHead(202, { "content-type": "application/json" })
    .end(JSON.stringify({ reservationId, state: "held" }));
const reserve = (fan: number, at = 0, more: Partial<ReserveStep> = {}): ReserveStep => ({
  do: "reserve",
  at,
  fan,
  choices: [[`A-${fan + 1}`]],
  card: "tok_good",
  ...more,
});

t.test("drive() counts latency from the intended time, not from when a slot came free", async (t) => {
  const { run } = await shop(t, (_, response, index) => setTimeout(() => accept(response, `r${index}`), 60));
  await drive(
    [0, 1, 2, 3, 4].map((fan) => reserve(fan)),
    { ...run, maxInFlight: 1 },
  );
  const { fromIntended, fromSent } = summaryOf(run.tally, 1).latency;
  t.ok(fromIntended.max >= 5 * 55, `the fifth waited for four others: ${fromIntended.max} ms`);
  t.ok(fromIntended.p50 > fromSent.p50, "a closed loop would have reported less");
  t.equal(run.tally.fromIntended.count, 5);
});

t.test("drive() asks again after 503, 429 and a reset, each time under the same key", async (t) => {
  const { calls, ledger, run } = await shop(t, (call, response, index) => {
    if (index === 0) response.writeHead(503).end();
    else if (index === 1) response.writeHead(429).end();
    else if (index === 2) response.destroy();
    else accept(response, call.key ?? "");
  });
  await drive([reserve(0)], run);
  t.equal(calls.length, 4);
  t.equal(new Set(calls.map(({ key }) => key)).size, 1);
  t.equal(ledger.length, 1);
  t.match(run.tally.counts, { accepted: 1, unavailable: 1, throttled: 1, lost: 1, asked: 4 });
});

t.test("drive() hangs up on purpose and asks again for the same reservation", async (t) => {
  const { calls, ledger, run } = await shop(t, (call, response, index) => {
    if (index > 0) accept(response, call.key ?? "");
  });
  await drive([reserve(0, 0, { hangUpMs: 2_000 })], run);
  t.equal(calls.length, 2);
  t.equal(calls[0]?.key, calls[1]?.key);
  t.equal(ledger.length, 1);
  t.same(Object.fromEntries(run.tally.lost), { "hung up": 1 });
});

t.test("drive() goes to the next choice only when seats are taken, under another key", async (t) => {
  const { calls, ledger, run } = await shop(t, (call, response) => {
    if (call.seats.includes("A-1")) response.writeHead(409).end();
    else accept(response, call.key ?? "");
  });
  await drive([reserve(0, 0, { choices: [["A-1"], ["B-1", "B-2"], ["C-1"]] })], run);
  t.same(
    calls.map(({ seats }) => seats),
    [["A-1"], ["B-1", "B-2"]],
  );
  t.not(calls[0]?.key, calls[1]?.key);
  t.match(ledger, [{ seats: ["B-1", "B-2"], fan: 0 }]);
});

t.test("drive() cancels what was accepted and passes over what was not", async (t) => {
  const { calls, run } = await shop(t, (call, response) => {
    if (call.method === "DELETE") response.writeHead(202).end("{}");
    else if (call.seats.includes("A-2")) response.writeHead(409).end();
    else accept(response, "res/1");
  });
  const cancels = [0, 1].map((fan) => ({ do: "cancel", at: 2, fan }) as const);
  await drive([reserve(0), reserve(1), ...cancels], run);
  const deleted = calls.filter(({ method }) => method === "DELETE");
  t.same(
    deleted.map(({ url }) => url),
    ["/reservations/res%2F1"],
  );
  t.match(run.tally.counts, { accepted: 1, soldOut: 1, cancelled: 1, cancelMoot: 1 });
});

t.test("drive() gives up after its tries and doesn't claim to know", async (t) => {
  const { calls, ledger, run } = await shop(t, (_, response) => response.writeHead(503).end());
  await drive([reserve(0)], { ...run, tries: 2 });
  t.equal(calls.length, 2);
  t.same(ledger, []);
  t.equal(run.tally.counts.unknown, 1);
});

t.test("drive() does not ask again when the request itself was refused", async (t) => {
  const { calls, run } = await shop(t, (_, response) => response.writeHead(422).end("{}"));
  await drive([reserve(0)], run);
  t.equal(calls.length, 1);
  t.same(Object.fromEntries(run.tally.refused), { 422: 1 });
});

t.test("drive() sows and notes it, and rejects when sowing fails", async (t) => {
  const { ledger, run } = await shop(t, (_, response) => response.end());
  const sow = { do: "sow", at: 0, kind: "short", key: "k" } as const;
  await drive([sow], run);
  t.same(ledger, [{ sown: "short", key: "k" }]);
  const broken = async () => {
    throw new Error("no broker");
  };
  await t.rejects(drive([sow], { ...run, sow: broken }), /no broker/);
});

t.test("drive() ends with the signal's reason", async (t) => {
  const { run } = await shop(t, () => {});
  const stop = new AbortController();
  const ended = drive([reserve(0), reserve(1, 60_000)], { ...run, signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 50);
  await t.rejects(ended, /enough/);
});
