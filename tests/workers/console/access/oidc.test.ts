import t, { type Test } from "tap";
import { freePort } from "../../../../scripts/stack/port.ts";
import { createSealed } from "../../../../workers/console/access/sealed.ts";
import { csrfOf, openConsole } from "../open-console.ts";
import { Jar } from "./jar.ts";
import { startProvider } from "./provider.ts";

const SESSION_SECRET = "a-session-secret-of-32-characters-or-more";

async function openSignedInConsole(t: Test, options: Parameters<typeof startProvider>[2] = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await startProvider(t, `${url}/callback`, options);
  const settings = { ...provider.settings, CONSOLE_URL: url, CONSOLE_SESSION_SECRET: SESSION_SECRET };
  return { provider, ...(await openConsole(t, { settings, port })) };
}

/** Types a name into the provider's forms until the console is back. */
async function signIn(jar: Jar, url: string, name: string) {
  let page = await jar.open(url);
  for (let step = 0; step < 3 && new URL(page.url).origin !== new URL(url).origin; step++) {
    const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? "";
    const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? "";
    const typed = prompt === "login" ? { prompt, login: name, password: "x" } : { prompt };
    page = await jar.open(new URL(action, page.url).href, typed);
  }
  return page;
}

t.test(
  "a person signs in at the issuer, comes back to the page they wanted, works, and signs out",
  async (t) => {
    const { url, asked } = await openSignedInConsole(t);
    const jar = new Jar();
    const page = await signIn(jar, `${url}/plans/plan-1?a=b`, "ada.operator");
    t.equal(page.response.status, 200);
    t.equal(page.url, `${url}/plans/plan-1?a=b`);
    t.match(page.text, "ada.operator");
    t.match(asked[0], { method: "planOf", by: "ada.operator" });
    const csrf = csrfOf(page.text);
    const started = await jar.open(`${url}/plans/plan-1/replay`, { csrf, reason: "fixed", pace: "yes" });
    t.equal(started.url, `${url}/jobs/plan-1`);
    t.match(
      asked.find(({ method }) => method === "replay"),
      { by: "ada.operator", args: ["plan-1", { reason: "fixed", pace: true }] },
    );
    t.equal((await jar.open(`${url}/signed-out`)).response.status, 200);
    t.equal((await jar.open(`${url}/logout`, { csrf })).url, `${url}/signed-out`);
    t.equal(jar.header(url), "", "nothing is left of it");
  },
);

t.test("who the issuer gives no role is told so, and a viewer doesn't write", async (t) => {
  const { url, asked } = await openSignedInConsole(t);
  const nobody = await signIn(new Jar(), `${url}/plans`, "eve");
  t.equal(nobody.response.status, 403);
  t.match(nobody.text, /role viewer/);
  t.same(asked, []);
  const jar = new Jar();
  const page = await signIn(jar, `${url}/letters/list`, "vera.viewer");
  t.match(page.text, /needs the role operator/);
  const write = await jar.open(`${url}/plans/plan-1/replay`, { csrf: csrfOf(page.text), reason: "r" });
  t.equal(write.response.status, 403);
});

t.test("roles that the issuer tells only when asked count as those in an ID token", async (t) => {
  const { url } = await openSignedInConsole(t, { smallIdTokens: true });
  const page = await signIn(new Jar(), `${url}/letters/list`, "ada.operator");
  t.equal(page.response.status, 200);
  t.match(page.text, /Plan a replay/);
});

t.test("a session that is forged, over, or sealed for another purpose is no session", async (t) => {
  const { ask, asked } = await openSignedInConsole(t);
  const claims = { name: "mallory", roles: ["operator"] };
  const sessions = createSealed(SESSION_SECRET, "session");
  const good = await sessions.seal(claims, 60);
  const cases = {
    over: await sessions.seal(claims, -1),
    "another secret": await createSealed("x".repeat(32), "session").seal(claims, 60),
    "another purpose": await createSealed(SESSION_SECRET, "leave").seal(claims, 60),
    "a changed byte": good.slice(0, -6) + (good.at(-6) === "A" ? "B" : "A") + good.slice(-5),
    unsigned: `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify({ ...claims, exp: 9e9 })).toString("base64url")}.`,
    nonsense: "nonsense",
  };
  for (const [what, value] of Object.entries(cases)) {
    const { status } = await ask("/api/v1/jobs", { headers: { cookie: `boxoffice-session=${value}` } });
    t.equal(status, 401, what);
  }
  t.same(asked, []);
  t.equal((await ask("/api/v1/jobs", { headers: { cookie: `a=b; boxoffice-session=${good}` } })).status, 200);
});

t.test("/callback takes only the answer to this browser's own question", async (t) => {
  const { url, ask } = await openSignedInConsole(t);
  const answer = await ask("/callback?code=x&state=y", { headers: { accept: "text/html" } });
  t.equal(answer.status, 401);
  const login = await ask("/login");
  const [cookie = ""] = (login.headers.get("set-cookie") ?? "").split(";");
  t.match(login.headers.get("set-cookie"), /HttpOnly; SameSite=Lax/);
  const away = new URL(login.headers.get("location") ?? "");
  t.equal(away.searchParams.get("code_challenge_method"), "S256");
  const issuer = encodeURIComponent(away.origin);
  const [state] = away.searchParams.getAll("state");
  for (const [query, why] of [
    [`code=x&state=other&iss=${issuer}`, /state/],
    [`code=x&state=${state}&iss=https://evil.example`, /iss/],
    [`error=access_denied&state=${state}&iss=${issuer}`, /authorization/],
  ] as const) {
    const refused = await ask(`/callback?${query}`, { headers: { cookie, accept: "text/html" } });
    t.equal(refused.status, 401, query);
    t.match(/role="alert">([^<]*)/.exec(refused.text)?.[1], why, "before the code is used");
    t.equal(refused.headers.get("set-cookie"), null);
  }
  for (const back of ["//evil.example", "https://evil.example", "/\\evil.example", "/x\r\ny"]) {
    const jar = new Jar();
    const page = await signIn(jar, `${url}/login?back=${encodeURIComponent(back)}`, "ada.viewer");
    t.equal(page.url, `${url}/`, back);
  }
});

t.test("a program's access token of the issuer is good for the console's audience alone", async (t) => {
  const { ask, provider, asked } = await openSignedInConsole(t);
  const token = await provider.accessToken();
  const authorized = (text: string) => ({ headers: { authorization: `Bearer ${text}` } });
  t.equal((await ask("/api/v1/jobs", authorized(token))).status, 200);
  t.match(asked, [{ by: "boxoffice" }]);
  t.equal((await ask("/api/v1/jobs", authorized(await provider.accessToken("urn:other")))).status, 401);
  const [head, body, signature = ""] = token.split(".");
  const swapped = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  t.equal((await ask("/api/v1/jobs", authorized(`${head}.${body}.${swapped}`))).status, 401, "forged");
});

t.test("behind https cookies are Secure and of this host alone", async (t) => {
  const provider = await startProvider(t, "https://console.example/callback");
  const { ask } = await openConsole(t, {
    settings: {
      ...provider.settings,
      CONSOLE_URL: "https://console.example",
      CONSOLE_SESSION_SECRET: SESSION_SECRET,
    },
  });
  const cookie = (await ask("/login", { headers: { host: "console.example" } })).headers.get("set-cookie");
  t.match(cookie, /^__Host-boxoffice-leave=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/);
  const session = await createSealed(SESSION_SECRET, "session").seal({ name: "ada", roles: ["viewer"] }, 60);
  const jobs = async (name: string) =>
    (await ask("/api/v1/jobs", { headers: { cookie: `${name}=${session}` } })).status;
  t.equal(await jobs("__Host-boxoffice-session"), 200);
  t.equal(await jobs("boxoffice-session"), 401, "one that another host could have set");
});

t.test("with the issuer away the console says so, and lives", async (t) => {
  const gone = await freePort();
  const { ask } = await openConsole(t, {
    settings: {
      CONSOLE_OIDC_ISSUER: `http://127.0.0.1:${gone}`,
      CONSOLE_OIDC_CLIENT_ID: "boxoffice",
      CONSOLE_URL: "http://127.0.0.1",
      CONSOLE_SESSION_SECRET: SESSION_SECRET,
    },
  });
  const answer = await ask("/login");
  t.equal(answer.status, 503);
  t.match(answer.json, { type: "urn:boxoffice:unavailable", detail: /CONSOLE_OIDC_ISSUER/ });
});
