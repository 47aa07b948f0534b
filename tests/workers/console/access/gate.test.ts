import t from "tap";
import { csrfOf, openConsole } from "../open-console.ts";

const TOKENS =
  "ada:operator+personal:ada-token-0123456789abcdef,eve:viewer:eve-token-0123456789abcdef,bob:operator:bob-token-0123456789abcdef";
const bearer = (name: string) => ({ authorization: `Bearer ${name}-token-0123456789abcdef` });
const LETTER = "orders.billing.dlq-0-7";
const page = { accept: "text/html" };

t.test("without authentication whoever is on this machine has every role, and nobody else", async (t) => {
  const { ask, asked } = await openConsole(t);
  t.equal((await ask("/api/v1/plans/p/replay", { json: { reason: "r" } })).status, 200);
  t.match(asked, [{ method: "replay", by: /^local:/ }]);
});

t.test("without authentication nobody comes in by a proxy on this machine", async (t) => {
  const { ask, asked } = await openConsole(t);
  for (const [name, value] of [
    ["x-forwarded-for", "203.0.113.9"],
    ["x-forwarded-for", "127.0.0.1"],
    ["x-forwarded-host", "console.example"],
    ["x-forwarded-proto", "https"],
    ["x-real-ip", "203.0.113.9"],
    ["forwarded", "for=203.0.113.9"],
    ["via", "1.1 proxy"],
  ] as const)
    for (const path of ["/api/v1/jobs", "/letters"]) {
      const answer = await ask(path, { headers: { [name]: value } });
      t.equal(answer.status, 401, `${path} ${name}`);
      t.match(answer.text, /a proxy brought this request/);
    }
  t.same(asked, []);
});

t.test("a call that brings no token, or a wrong one, is refused and reaches no desk", async (t) => {
  const { ask, asked } = await openConsole(t, { settings: { CONSOLE_TOKENS: TOKENS } });
  for (const headers of [
    {},
    { authorization: "Bearer nobody-token-0123456789abcdef" },
    { authorization: "Bearer " },
    { authorization: "Basic YWRhOmFkYQ==" },
    { "x-forwarded-user": "ada", "x-boxoffice-proxy-secret": "" },
    { cookie: "boxoffice-session=eyJhbGciOiJkaXIifQ.e30" },
  ])
    for (const path of ["/api/v1/jobs", "/api/v1/openapi.json", "/", "/letters"]) {
      const answer = await ask(path, { headers });
      t.equal(answer.status, 401, `${path} ${JSON.stringify(headers)}`);
      t.equal(answer.headers.get("www-authenticate"), "Bearer");
    }
  t.match((await ask("/api/v1/jobs")).json, { type: "urn:boxoffice:not-signed-in" });
  t.same(asked, []);
});

t.test("a viewer reads, and every write of theirs is refused, by API and by page", async (t) => {
  const { ask, asked } = await openConsole(t, { settings: { CONSOLE_TOKENS: TOKENS } });
  t.equal((await ask("/api/v1/jobs", { headers: bearer("eve") })).status, 200);
  t.equal((await ask("/letters", { headers: { ...bearer("eve"), ...page } })).status, 200);
  asked.length = 0;
  const csrf = csrfOf((await ask("/", { headers: { ...bearer("bob"), ...page } })).text);
  const filter = JSON.stringify({});
  const writes: readonly (readonly [string, object])[] = [
    ["/api/v1/letters/discard", { json: { which: { filter: { until: 5 } }, reason: "r" } }],
    ["/api/v1/letters/restore", { json: { which: { filter: { until: 5 } }, reason: "r" } }],
    [`/api/v1/letters/${LETTER}/edit`, { json: { event: {}, reason: "r" } }],
    ["/api/v1/plans", { json: { filter: {}, reason: "r" } }],
    ["/api/v1/plans/p/replay", { json: { reason: "r" } }],
    ["/api/v1/jobs/p/orders", { json: { order: "cancel", reason: "r" } }],
    ["/api/v1/letters/import?reason=r", { body: "", headers: { "content-type": "application/x-ndjson" } }],
    ["/letters/discard", { form: { filter, reason: "r", csrf } }],
    ["/plans", { form: { filter, reason: "r", csrf } }],
    ["/plans/p/replay", { form: { reason: "r", csrf } }],
    ["/jobs/p/orders", { form: { order: "cancel", reason: "r", csrf } }],
    [`/letters/${LETTER}/edit`, { form: { step: "write", csrf } }],
  ];
  for (const [path, how] of writes) {
    const headers = { ...bearer("eve"), ...("headers" in how ? (how.headers as object) : {}) };
    const { status } = await ask(path, { ...how, headers });
    t.equal(status, 403, path);
  }
  t.same(asked, [], "the desk was never asked");
});

t.test("personal fields want the role personal", async (t) => {
  const { ask, asked } = await openConsole(t, { settings: { CONSOLE_TOKENS: TOKENS } });
  const look = `/api/v1/letters/${LETTER}?personal=true`;
  t.equal((await ask(look, { headers: bearer("bob") })).status, 403);
  t.equal(
    (await ask("/api/v1/letters/export", { json: { filter: {} }, headers: bearer("bob") })).status,
    403,
  );
  t.same(asked, []);
  t.equal((await ask(look, { headers: bearer("ada") })).status, 200);
  t.match(asked, [{ method: "show", by: "ada", args: [LETTER, { personal: true }] }]);
  const edit = { json: { event: { type: "Order" }, reason: "r", dryRun: true } };
  const refused = await ask(`/api/v1/letters/${LETTER}/edit`, { ...edit, headers: bearer("bob") });
  t.equal(refused.status, 403);
  t.match(refused.json?.detail, /personal fields \(email\)/);
  t.equal((await ask(`/api/v1/letters/${LETTER}/edit`, { ...edit, headers: bearer("ada") })).status, 200);
});

t.test("expressions of who may not see personal fields don't see them either", async (t) => {
  const hides: unknown[] = [];
  const { ask } = await openConsole(t, {
    settings: { CONSOLE_TOKENS: TOKENS },
    desk: {
      groups: async (_filter, { hidesPersonal }) => {
        hides.push(hidesPersonal);
        return { groups: [], letters: 0, scanned: 0 };
      },
    },
  });
  for (const name of ["eve", "bob", "ada"]) {
    await ask("/api/v1/letters/groups", { json: { filter: {} }, headers: bearer(name) });
    await ask("/letters", { headers: bearer(name) });
  }
  t.same(hides, [true, true, true, true, false, false]);
});

t.test("a change that another site caused is refused", async (t) => {
  const secret = "s".repeat(32);
  const proxied = {
    "x-boxoffice-proxy-secret": secret,
    "x-forwarded-user": "ada",
    "x-forwarded-groups": "operator,personal",
  };
  for (const [settings, own] of [
    [{}, {}],
    [{ CONSOLE_PROXY_SECRET: secret, CONSOLE_URL: "https://console.example" }, proxied],
  ] as const) {
    const { ask, asked, url } = await openConsole(t, { settings });
    const discard = { json: { which: { filter: { until: 5 } }, reason: "r" } };
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: url.replace("http:", "https:") },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: url },
      { "sec-fetch-site": "none" },
    ]) {
      const answer = await ask("/api/v1/letters/discard", { ...discard, headers: { ...own, ...headers } });
      t.equal(answer.status, 403, JSON.stringify(headers));
      t.match(answer.json, { type: "urn:boxoffice:forged" });
    }
    t.same(asked, []);
    const good = await ask("/api/v1/letters/discard", {
      ...discard,
      headers: { ...own, "sec-fetch-site": "same-origin", origin: "null" },
    });
    t.equal(good.status, 200);
  }
  const { ask } = await openConsole(t, {
    settings: { CONSOLE_PROXY_SECRET: secret, CONSOLE_URL: "https://console.example" },
  });
  const bare = await ask("/api/v1/letters/discard", {
    json: { which: { filter: { until: 5 } }, reason: "r" },
    headers: proxied,
  });
  t.equal(bare.status, 403, "what a proxy vouches for must name its origin");
  const look = `/api/v1/letters/${LETTER}?personal=true`;
  t.equal(
    (await ask(look, { headers: { ...proxied, "sec-fetch-site": "cross-site" } })).status,
    403,
    "a look is a change",
  );
});

t.test("a form without our token, or with another person's, is refused", async (t) => {
  const { ask, asked } = await openConsole(t, { settings: { CONSOLE_TOKENS: TOKENS } });
  const filter = "{}";
  const token = async (name: string) =>
    csrfOf((await ask("/letters/list", { headers: { ...bearer(name), ...page } })).text);
  const [ada, bob] = [await token("ada"), await token("bob")];
  t.not(ada, bob);
  asked.length = 0;
  for (const csrf of ["", "x", bob]) {
    const { status } = await ask("/letters/discard", {
      form: { filter, reason: "r", csrf },
      headers: bearer("ada"),
    });
    t.equal(status, 403);
  }
  t.same(asked, []);
  const good = await ask("/letters/discard", {
    form: { filter, reason: "r", everything: "yes", csrf: ada },
    headers: bearer("ada"),
  });
  t.equal(good.status, 200);
  t.match(asked, [{ method: "discard", by: "ada", args: [{ filter: {} }, { reason: "r" }] }]);
});

t.test("another name than the console's own is refused: DNS rebinding", async (t) => {
  const settings = { CONSOLE_URL: "https://console.example", CONSOLE_TOKENS: TOKENS };
  const { ask, asked, url } = await openConsole(t, { settings });
  const { port } = new URL(url);
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "console.example:81",
  ])
    t.equal((await ask("/api/v1/jobs", { headers: { host, ...bearer("ada") } })).status, 421, host);
  t.same(asked, []);
  const answer = await ask("/", { headers: bearer("ada") });
  t.match(answer.headers.get("strict-transport-security"), /max-age=\d{8}/, "behind https for good");
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "console.example"])
    t.equal((await ask("/api/v1/jobs", { headers: { host, ...bearer("ada") } })).status, 200, host);
});

t.test("a proxy's word counts only with its secret", async (t) => {
  const secret = "a-secret-of-thirty-two-characters!!";
  const { ask, asked } = await openConsole(t, {
    settings: {
      CONSOLE_PROXY_SECRET: secret,
      CONSOLE_URL: "http://console.example",
      CONSOLE_PROXY_USER_HEADER: "X-Auth-User",
      CONSOLE_ROLES_PREFIX: "boxoffice-",
    },
  });
  const said = { "x-auth-user": "ada@example.org", "x-forwarded-groups": "staff, boxoffice-viewer" };
  t.equal((await ask("/api/v1/jobs", { headers: said })).status, 401);
  const near = { "x-boxoffice-proxy-secret": `${secret}x` };
  t.equal((await ask("/api/v1/jobs", { headers: { ...said, ...near } })).status, 401);
  const own = { "x-boxoffice-proxy-secret": secret };
  t.equal((await ask("/api/v1/jobs", { headers: own })).status, 401, "it names nobody");
  t.equal((await ask("/api/v1/jobs", { headers: { ...said, ...own } })).status, 200);
  t.match(asked, [{ by: "ada@example.org" }]);
  const stranger = { ...said, ...own, "x-forwarded-groups": "operator" };
  t.equal((await ask("/api/v1/jobs", { headers: stranger })).status, 403, "a role of another system");
});

t.test("every answer keeps to itself", async (t) => {
  const { ask } = await openConsole(t);
  for (const [path, status] of [
    ["/letters/list", 200],
    ["/api/v1/jobs", 200],
    ["/nothing", 404],
  ] as const) {
    const answer = await ask(path, { headers: page });
    t.equal(answer.status, status);
    const policy = answer.headers.get("content-security-policy") ?? "";
    t.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
    t.notMatch(policy, /unsafe/);
    t.equal(answer.headers.get("x-content-type-options"), "nosniff");
    t.equal(answer.headers.get("referrer-policy"), "no-referrer");
    t.equal(answer.headers.get("cache-control"), "no-store");
  }
});
