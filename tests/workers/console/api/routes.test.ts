import t from "tap";
import { freePort } from "../../../../scripts/stack/port.ts";
import { Refused } from "../../../../workers/_letters/failures.ts";
import { remoteDesk } from "../../../../workers/_letters/remote-desk.ts";
import { connectBroker } from "../../../../workers/_runtime/broker/connect.ts";
import { createLog } from "../../../../workers/_runtime/log.ts";
import { Unavailable, UsageError } from "../../../../workers/_runtime/mod.ts";
import { detailOf, JOB, PLAN } from "../memory-desk.ts";
import { openConsole } from "../open-console.ts";

const LETTER = "orders.billing.dlq-0-7";

t.test("remoteDesk() over the API asks the desk the same and gets the same, method by method", async (t) => {
  const { url, asked } = await openConsole(t);
  const desk = remoteDesk(url);
  const call = { signal: new AbortController().signal, by: "ignored" };
  const filter = { worker: ["billing"], attempts: { min: 1 }, where: "event.n > 1" };
  const which = { filter };
  const collect = async <T>(rows: AsyncIterable<T>) => await Array.fromAsync(rows);
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

  t.same(await desk.groups(filter, call), { groups: [], letters: 0, scanned: 3 });
  t.match(await desk.list(filter, { limit: 5, after: "x" }, call), { letters: [{ letter: LETTER }] });
  t.same(plain(await desk.show(LETTER, { newer: false }, call)), plain(detailOf()));
  t.same(plain(await desk.plan({ filter, reason: "r", rate: 5, to: "source" }, call)), plain(PLAN));
  t.same(plain(await desk.plans(call)), plain([PLAN]));
  t.same(plain(await desk.planOf("plan-1", call)), plain(PLAN));
  const exported = await collect(desk.export(filter, call));
  t.match(exported, [{ boxoffice: 1, value: "AAEC", headers: [["a", null]] }]);
  t.match(await desk.audit({ by: "ada", limit: 3, since: 4 }, call), [{ by: "ada", action: "plan" }]);
  t.match(await desk.replay("plan-1", { reason: "r", canary: 1, pace: false }, call), { started: true });
  t.match(await desk.edit(LETTER, { event: { type: "Order", n: 2 }, reason: "r", dryRun: true }, call), {
    changes: [{ path: "n", after: 2 }],
  });
  t.match(await desk.discard(which, { reason: "r" }, call), { done: 1, skipped: [{ letters: 2 }] });
  t.match(await desk.restore({ plan: "plan-1" }, { reason: "r" }, call), { done: 1 });
  t.match(await desk.import(rows(exported), { reason: "r" }, call), { done: 1 });
  t.same(plain(await desk.jobs(call)), plain([JOB]));
  t.same(plain(await desk.job("plan-1", call)), plain(JOB));
  t.match(await desk.control("plan-1", { order: "throttle", rate: undefined, reason: "r" }, call), {
    phase: "paused",
  });
  t.match(await collect(desk.results("plan-1", call)), [{ letter: LETTER, result: "processed" }]);

  const got = (method: string) => asked.find((each) => each.method === method)?.args;
  t.same(got("list"), [filter, { limit: 5, after: "x" }]);
  t.same(got("show"), [LETTER, { newer: false }]);
  t.same(got("plan"), [{ filter, reason: "r", rate: 5, to: "source" }]);
  t.same(got("audit"), [{ by: "ada", limit: 3, since: 4 }]);
  t.same(got("replay"), ["plan-1", { reason: "r", canary: 1, pace: false }]);
  t.same(got("discard"), [which, { reason: "r" }]);
  t.same(got("restore"), [{ plan: "plan-1" }, { reason: "r" }]);
  t.same(got("control"), ["plan-1", { order: "throttle", rate: undefined, reason: "r" }]);
  t.ok(
    asked.every(({ by }) => by.startsWith("local:")),
    "who asks is who the console knows, not what the caller says",
  );
});

async function* rows<T>(values: readonly T[]) {
  yield* values;
}

t.test("a desk's refusal is a problem with its code, sentence and details, by status", async (t) => {
  const cases = [
    ["no-such-letter", 404],
    ["no-such-plan", 404],
    ["no-such-job", 404],
    ["not-open", 409],
    ["not-running", 409],
    ["not-agreed", 409],
    ["invalid-edit", 422],
    ["invalid-filter", 422],
  ] as const;
  for (const [code, status] of cases) {
    const refuse = async () => {
      throw new Refused(code, "Cannot do it", ["more"]);
    };
    const { ask, url } = await openConsole(t, { desk: { groups: refuse } });
    const answer = await ask("/api/v1/letters/groups", { json: { filter: {} } });
    t.equal(answer.status, status);
    t.equal(answer.headers.get("content-type"), "application/problem+json");
    t.match(answer.json, {
      type: `urn:boxoffice:${code}`,
      status,
      detail: "Cannot do it",
      details: ["more"],
    });
    const call = { signal: new AbortController().signal, by: "" };
    await t.rejects(remoteDesk(url).groups({}, call), { name: "Refused", code, details: ["more"] });
  }
});

t.test("a request that isn't valid is told every error with its place", async (t) => {
  const { ask, asked } = await openConsole(t);
  const answer = await ask("/api/v1/plans", {
    json: { filter: { worker: "x", nonsense: 1 }, attemptCap: 0 },
  });
  t.equal(answer.status, 400);
  t.match(answer.json, {
    type: "urn:boxoffice:invalid-request",
    details: [/^\/filter\/worker: /, /nonsense/, /^\/attemptCap: /, /^\/reason: /],
  });
  for (const [path, body] of [
    ["/api/v1/letters/groups", "{"],
    ["/api/v1/letters/groups", '{"filter":{},"__proto__":{"a":1}}'],
  ] as const)
    t.equal((await ask(path, { body, headers: { "content-type": "application/json" } })).status, 400, body);
  t.equal(
    (await ask("/api/v1/letters/groups", { body: "x", headers: { "content-type": "text/plain" } })).status,
    415,
  );
  t.equal((await ask("/api/v1/audit?limit=99999")).status, 400);
  t.equal((await ask("/api/v1/nothing")).status, 404);
  t.same(asked, [], "the desk was never asked");
});

t.test("of alternatives the nearest one's errors are told", async (t) => {
  const { ask } = await openConsole(t);
  const said = async (path: string, json: unknown) => (await ask(path, { json })).json?.detail;
  t.match(
    await said("/api/v1/letters/discard", { which: { filter: { since: "x" } }, reason: "r" }),
    /^\/which\/filter\/since: /,
  );
  t.match(await said("/api/v1/jobs/p/orders", { order: "throttle", rate: -1, reason: "r" }), /^\/rate: /);
  t.match(await said("/api/v1/jobs/p/orders", { order: "explode", reason: "r" }), /^\/order: /);
});

t.test("what changes letters is not asked of all of them unsaid", async (t) => {
  const { ask, asked } = await openConsole(t);
  for (const deed of ["discard", "restore"])
    for (const filter of [{}, { outcomes: "all" }]) {
      const refused = await ask(`/api/v1/letters/${deed}`, { json: { which: { filter }, reason: "r" } });
      t.equal(refused.status, 400);
      t.match(refused.json?.detail, /^\/which\/filter: must narrow the letters down: .* `until`/);
    }
  t.same(asked, [], "the desk was never asked");
  const all = { which: { filter: { until: 5 } }, reason: "r" };
  t.equal((await ask("/api/v1/letters/discard", { json: all })).status, 200);
});

t.test("an import names the line that is no letter", async (t) => {
  const { ask } = await openConsole(t);
  const ndjson = { "content-type": "application/x-ndjson" };
  const good =
    '{"boxoffice":1,"cluster":"c","topic":"t","partition":0,"offset":1,"timestamp":1,"key":null,"value":null,"headers":[]}';
  for (const [line, why] of [
    ["nonsense", /line 2 as it is not JSON/],
    [good.replace('"offset":1', '"offset":"1"'), /line 2 .*offset/],
  ] as const) {
    const answer = await ask("/api/v1/letters/import?reason=r", {
      body: `${good}\n${line}\n`,
      headers: ndjson,
    });
    t.equal(answer.status, 400);
    t.match(answer.json?.detail, why);
  }
  t.match(
    (await ask("/api/v1/letters/import?reason=r", { body: `${good}\n\n${good}`, headers: ndjson })).json,
    { done: 2 },
  );
  t.equal(
    (await ask("/api/v1/letters/import", { body: good, headers: ndjson })).status,
    400,
    "without a reason",
  );
});

t.test("what nobody foresaw says nothing of itself, and is in the log", async (t) => {
  const { ask, lines } = await openConsole(t, {
    desk: {
      jobs: async () => {
        throw new Error("the password is 1234");
      },
    },
  });
  const answer = await ask("/api/v1/jobs");
  t.equal(answer.status, 500);
  t.notMatch(answer.text, /1234/);
  t.ok(lines.some((line) => line.includes("1234")));
});

t.test("what is away is told as unavailable, to be asked again", async (t) => {
  const nobody = connectBroker(
    { brokers: [`127.0.0.1:${await freePort()}`], tls: undefined, sasl: undefined },
    { clientId: "test", log: createLog({ level: "silent", worker: "test", build: "test" }) },
  );
  t.teardown(() => nobody.close());
  const away = [
    new Unavailable("redis", "Redis is away"),
    new UsageError("Cannot read plans as topic 'fleet.plans' is missing: run 'boxoffice topics apply'"),
    new Error("Broker not connected"),
    await nobody.admin.listTopics().catch((error: unknown) => error),
    AbortSignal.abort(new DOMException("late", "TimeoutError")).reason,
  ];
  for (const error of away) {
    const jobs = async () => {
      throw error;
    };
    const { ask } = await openConsole(t, { desk: { jobs } });
    const answer = await ask("/api/v1/jobs");
    t.equal(answer.status, 503, String(error));
    t.equal(answer.headers.get("retry-after"), "2");
    t.match(answer.json, { type: "urn:boxoffice:unavailable" });
  }
});

t.test("a call whose asker goes away is aborted", async (t) => {
  let begun = () => {};
  let ended = () => {};
  const [begins, ends] = [new Promise<void>((r) => (begun = r)), new Promise<void>((r) => (ended = r))];
  const { url } = await openConsole(t, {
    desk: {
      jobs: (call) =>
        new Promise((_, reject) => {
          call.signal.addEventListener("abort", () => {
            ended();
            reject(call.signal.reason);
          });
          begun();
        }),
    },
  });
  const away = new AbortController();
  const asked = fetch(`${url}/api/v1/jobs`, { signal: away.signal }).catch(() => {});
  await begins;
  away.abort();
  await ends;
  await asked;
  t.pass("the desk heard of it");
});
