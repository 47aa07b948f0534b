import t from "tap";
import { consoleConfig } from "../open-console.ts";

const TOKEN = "ada:operator:0123456789abcdef01234567";
const SECRET = "x".repeat(32);

t.test("readConfig() refuses a console beyond loopback that would let anybody in", async (t) => {
  for (const host of ["0.0.0.0", "::", "10.0.0.7", "console.internal", "127.0.0.1.evil.example"])
    t.throws(
      () => consoleConfig({ CONSOLE_HOST: host }),
      /CONSOLE_HOST as it must be 127\.0\.0\.1 unless/,
      host,
    );
  for (const host of ["127.0.0.1", "localhost", "::1", "127.0.0.53"])
    t.equal(consoleConfig({ CONSOLE_HOST: host }).host, host);
  for (const url of ["https://console.example", "http://10.0.0.7:8088", "http://127.0.0.1.evil.example"]) {
    t.throws(
      () => consoleConfig({ CONSOLE_URL: url }),
      /CONSOLE_URL as it must be this machine's unless/,
      `${url}: a proxy would make everybody the local user`,
    );
    t.ok(consoleConfig({ CONSOLE_URL: url, CONSOLE_TOKENS: TOKEN }));
  }
  t.ok(consoleConfig({ CONSOLE_URL: "http://localhost:9000" }));
  const beyond = { CONSOLE_HOST: "0.0.0.0", CONSOLE_URL: "https://console.example" };
  t.ok(consoleConfig({ ...beyond, CONSOLE_TOKENS: TOKEN }));
  t.ok(consoleConfig({ ...beyond, CONSOLE_PROXY_SECRET: SECRET }));
  t.throws(
    () => consoleConfig({ CONSOLE_HOST: "0.0.0.0", CONSOLE_TOKENS: TOKEN }),
    /CONSOLE_URL as it must be set/,
  );
});

t.test(
  "readConfig() wants with an issuer all that signing in takes, and https beyond this machine",
  async (t) => {
    const issuer = { CONSOLE_OIDC_ISSUER: "https://sso.example" };
    t.throws(
      () => consoleConfig(issuer),
      /CONSOLE_OIDC_CLIENT_ID[\s\S]*CONSOLE_SESSION_SECRET[\s\S]*CONSOLE_URL/,
    );
    const whole = {
      CONSOLE_OIDC_CLIENT_ID: "boxoffice",
      CONSOLE_SESSION_SECRET: SECRET,
      CONSOLE_URL: "https://console.example",
    };
    t.match(consoleConfig({ ...issuer, ...whole }).oidc, {
      issuer: "https://sso.example",
      sessionMs: 8 * 3600_000,
    });
    t.throws(
      () => consoleConfig({ ...whole, CONSOLE_OIDC_ISSUER: "http://sso.example" }),
      /it must be https/,
    );
    t.ok(consoleConfig({ ...whole, CONSOLE_OIDC_ISSUER: "http://127.0.0.1:9" }).oidc);
    t.throws(() => consoleConfig({ ...whole, CONSOLE_SESSION_SECRET: "short" }), /at least 32/);
  },
);

t.test("readConfig() reads tokens with their roles and never shows a wrong one", async (t) => {
  t.same(consoleConfig({ CONSOLE_TOKENS: `${TOKEN},eve:viewer+personal:${"e".repeat(24)}` }).tokens, [
    { name: "ada", roles: ["operator"], token: "0123456789abcdef01234567" },
    { name: "eve", roles: ["viewer", "personal"], token: "e".repeat(24) },
  ]);
  for (const wrong of [
    "ada:operator:short",
    "ada:root:0123456789abcdef01234567",
    "0123456789abcdef01234567",
    `${TOKEN},${TOKEN}`,
  ])
    t.throws(() => consoleConfig({ CONSOLE_TOKENS: wrong }), {
      message: /CONSOLE_TOKENS as it must be a list of name:roles:token(?![\s\S]*0123456789abcdef)/,
    });
});
