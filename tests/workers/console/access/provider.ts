import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import type { Test } from "tap";

const CLIENT = "boxoffice";
const SECRET = "the-client-secret-of-the-console";
const AUDIENCE = "urn:boxoffice:console";

export interface TestProvider {
  /** What points a console at it. */
  readonly settings: Readonly<Record<string, string>>;
  /** An access token as a program gets one for an audience. */
  accessToken(audience?: string): Promise<string>;
}

/** A real OpenID provider on a free port of loopback; anybody signs in under any name, with the roles that it spells. */
export async function startProvider(
  t: Test,
  redirectUri: string,
  { smallIdTokens = false }: { readonly smallIdTokens?: boolean } = {},
): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is an object.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "client_credentials"],
        response_types: ["code"],
      },
    ],
    cookies: { keys: ["a key for the test"] },
    pkce: { required: () => true },
    claims: { openid: ["sub"], team: ["team"] },
    scopes: ["openid", "team"],
    conformIdTokenClaims: smallIdTokens,
    // `ada.operator.personal` has those roles.
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, team: { roles: sub.split(".").slice(1) } }),
    }),
    extraTokenClaims: () => ({ team: { roles: ["operator"] } }),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, audience) => ({
          scope: "api",
          audience,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  });
  server.on("request", provider.callback());
  return {
    settings: {
      CONSOLE_OIDC_ISSUER: issuer,
      CONSOLE_OIDC_CLIENT_ID: CLIENT,
      CONSOLE_OIDC_CLIENT_SECRET: SECRET,
      CONSOLE_OIDC_AUDIENCE: AUDIENCE,
      CONSOLE_OIDC_SCOPE: "openid team",
      CONSOLE_ROLES_CLAIM: "team.roles",
    },
    async accessToken(audience = AUDIENCE) {
      const response = await fetch(`${issuer}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString("base64")}` },
        body: new URLSearchParams({ grant_type: "client_credentials", resource: audience, scope: "api" }),
      });
      const { access_token: token } = (await response.json()) as { access_token?: string };
      if (token === undefined) throw new Error("the provider gave no token");
      return token;
    },
  };
}
