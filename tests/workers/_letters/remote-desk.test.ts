import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import type { Call } from "../../../workers/_letters/desk.ts";
import type { ExportedLetter } from "../../../workers/_letters/exported-letter.ts";
import { remoteDesk } from "../../../workers/_letters/remote-desk.ts";
import { detailOf, JOB } from "../console/memory-desk.ts";

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A console of which only the protocol is there: keeps what it was asked and says what `answer` does. */
async function far(
  t: Test,
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    asked.push({ method, url, authorization: headers.authorization, body: await text(request) });
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

function call(signal: AbortSignal = new AbortController().signal): Call {
  return { signal, by: "somebody" };
}

function plain(value: object): object {
  return JSON.parse(JSON.stringify(value));
}

const json = (status: number, body: unknown) => (response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

t.test("remoteDesk() asks by the API's paths, with the token", async (t) => {
  const answers: readonly (readonly [path: RegExp, answer: unknown])[] = [
    [/groups$/, { groups: [], letters: 0, scanned: 0 }],
    [/list$/, { letters: [] }],
    [/letters\/a\.b/, plain(detailOf())],
    [/discard$/, { done: 0, skipped: [] }],
    [/orders$/, plain(JOB)],
    [/audit/, []],
  ];
  const { url, asked } = await far(t, (response, request) => {
    const [, answer] = answers.find(([path]) => path.test(request.url ?? "")) ?? [];
    json(200, answer)(response);
  });
  const desk = remoteDesk(`${url}/boxoffice/`, { token: "secret" });
  await desk.groups({ worker: ["payment"] }, call());
  await desk.list({}, { limit: 5 }, call());
  await desk.show("a.b.dlq-0-1", { newer: false }, call());
  await desk.discard({ plan: "p" }, { reason: "r" }, call());
  await desk.control("p/..", { order: "throttle", rate: undefined, reason: "r" }, call());
  await desk.audit({ since: 5, by: "a b" }, call());
  const base = "/boxoffice/api/v1";
  t.same(
    asked.map(({ method, url: path, body }) => [method, path, body === "" ? "" : JSON.parse(body)]),
    [
      ["POST", `${base}/letters/groups`, { filter: { worker: ["payment"] } }],
      ["POST", `${base}/letters/list`, { filter: {}, page: { limit: 5 } }],
      ["GET", `${base}/letters/a.b.dlq-0-1?newer=false`, ""],
      ["POST", `${base}/letters/discard`, { which: { plan: "p" }, reason: "r" }],
      ["POST", `${base}/jobs/p%2F../orders`, { order: "throttle", reason: "r" }],
      ["GET", `${base}/audit?since=5&by=a+b`, ""],
    ],
  );
  t.ok(asked.every(({ authorization }) => authorization === "Bearer secret"));
});

t.test("remoteDesk() gives back a desk's refusals, and says who may not", async (t) => {
  const refused = await far(
    t,
    json(409, { type: "urn:boxoffice:not-agreed", detail: "Cannot …", details: ["billing"] }),
  );
  await t.rejects(remoteDesk(refused.url).replay("p", { reason: "r" }, call()), {
    name: "Refused",
    code: "not-agreed",
    message: "Cannot …",
    details: ["billing"],
  });
  const unknown = await far(t, json(401, {}));
  await t.rejects(remoteDesk(unknown.url).jobs(call()), {
    name: "NotAllowed",
    message: /give a token with --token/,
  });
  await t.rejects(remoteDesk(unknown.url, { token: "old" }).jobs(call()), {
    name: "NotAllowed",
    message: /doesn't accept your token/,
  });
  const viewer = await far(t, json(403, { detail: "viewers only look" }));
  await t.rejects(remoteDesk(viewer.url, { token: "v" }).jobs(call()), {
    name: "NotAllowed",
    message: /doesn't let you do this .*viewers only look/,
  });
  const malformed = await far(t, json(400, { detail: "limit must be positive" }));
  await t.rejects(remoteDesk(malformed.url).jobs(call()), { name: "UsageError", message: /limit must be/ });
});

t.test("remoteDesk() follows no redirect with its token", async (t) => {
  const elsewhere = await far(t, json(200, []));
  const login = await far(t, (response) => response.writeHead(302, { location: elsewhere.url }).end());
  await t.rejects(remoteDesk(login.url, { token: "secret" }).jobs(call()), { name: "NotAllowed" });
  t.same(elsewhere.asked, []);
});

t.test("remoteDesk() is Unavailable when nobody, or no console, answers", async (t) => {
  await t.rejects(remoteDesk("http://127.0.0.1:9").jobs(call()), {
    name: "Unavailable",
    message: /Cannot reach/,
  });
  const page = await far(t, (response) => response.end("<html>"));
  await t.rejects(remoteDesk(page.url).jobs(call()), {
    name: "Unavailable",
    message: /is this the address of a console/,
  });
  const broken = await far(t, json(503, { detail: "Kafka is away" }));
  await t.rejects(remoteDesk(broken.url).jobs(call()), { name: "Unavailable", message: /Kafka is away/ });
  t.throws(() => remoteDesk("console"), { name: "UsageError" });
  t.throws(() => remoteDesk("https://me:secret@console"), { name: "UsageError" });
});

t.test("remoteDesk() takes no answer that isn't one, and says where", async (t) => {
  const odd: readonly (readonly [unknown, RegExp])[] = [
    [{ ...JOB, phase: "resting" }, /\(phase: /],
    [{ ...JOB, sent: "1" }, /\(sent: /],
    [{ plan: "p" }, /\(by: /],
    [null, /expected object/],
  ];
  for (const [answer, message] of odd) {
    const { url } = await far(t, json(200, answer));
    await t.rejects(remoteDesk(url).job("p", call()), { name: "Unavailable", message });
  }
  const row = { letter: "a-0-1", result: "lost", text: "" };
  const rows = await far(t, json(200, row));
  await t.rejects(Array.fromAsync(remoteDesk(rows.url).results("p", call())), {
    name: "Unavailable",
    message: /row 1 .*\(result: /,
  });
  const later = await far(t, json(200, { ...plain(JOB), more: 1 }));
  t.match(await remoteDesk(later.url).job("p", call()), { more: 1 }, "a later version's field does no harm");
});

t.test("remoteDesk() streams both ways, and never takes half an export for a whole one", async (t) => {
  const bare = { cluster: "c", topic: "a.b.dlq", partition: 0, timestamp: 0, key: null, value: null };
  const rows = [
    { boxoffice: 1, offset: 1, ...bare, headers: [] },
    { boxoffice: 1, offset: 2, ...bare, headers: [["é", null]] },
  ];
  const whole = await far(t, (response) => {
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    // Split in the middle of a character.
    const middle = bytes.indexOf("é") + 1;
    response.write(bytes.subarray(0, middle));
    setTimeout(() => response.end(bytes.subarray(middle)), 20);
  });
  t.same(await Array.fromAsync(remoteDesk(whole.url).export({}, call())), rows);
  const half = await far(t, (response) => {
    response.write(`${JSON.stringify(rows[0])}\n`);
    setTimeout(() => response.destroy(), 20);
  });
  await t.rejects(Array.fromAsync(remoteDesk(half.url).export({}, call())), {
    name: "Unavailable",
    message: /broke off/,
  });
  const taking = await far(t, json(200, { done: 2, skipped: [] }));
  const place = { cluster: "c", topic: "a.b.dlq", partition: 0, offset: 0, timestamp: 0 };
  const letter: ExportedLetter = { boxoffice: 1, ...place, key: null, value: null, headers: [] };
  async function* letters() {
    yield letter;
    yield letter;
  }
  t.same(await remoteDesk(taking.url).import(letters(), { reason: "why" }, call()), { done: 2, skipped: [] });
  t.match(taking.asked, [{ url: "/api/v1/letters/import?reason=why" }]);
  t.equal(taking.asked[0]?.body, `${JSON.stringify(letter)}\n`.repeat(2));
});

t.test("remoteDesk() ends a call whose signal is aborted", async (t) => {
  const silent = await far(t, () => {});
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("enough")), 50);
  await t.rejects(remoteDesk(silent.url).jobs(call(stop.signal)), { message: "enough" });
});
