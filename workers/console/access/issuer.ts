import { createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";
import type { OidcConfig } from "../../_runtime/mod.ts";
import { Unavailable } from "../../_runtime/mod.ts";
import { Problem } from "../problem.ts";
import { claimAt } from "./claims.ts";

/** What must be remembered between leaving for the issuer and coming back. */
export interface Leaving {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** The OpenID provider, found at first use and kept; while it is away everything throws `Unavailable`. */
export interface Issuer {
  /** Where to send the browser, and what to remember meanwhile. */
  leave(redirectUri: string): Promise<{ readonly url: URL; readonly leaving: Leaving }>;
  /**
   * The verified claims of who came back.
   * @throws {Problem} `not-signed-in` when the issuer refused, or the answer isn't to this very question
   */
  comeBack(url: URL, leaving: Leaving): Promise<Readonly<Record<string, unknown>>>;
  /** Claims of a valid access token for us, or undefined. */
  verify(accessToken: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

const TIMEOUT_S = 10;

export function createIssuer(config: OidcConfig): Issuer {
  let found:
    | Promise<{ config: client.Configuration; keys: ReturnType<typeof createRemoteJWKSet> }>
    | undefined;
  const discovered = () => {
    found ??= discover(config).catch((error: unknown) => {
      found = undefined;
      throw new Unavailable("oidc", `Cannot reach CONSOLE_OIDC_ISSUER=${config.issuer}`, { cause: error });
    });
    return found;
  };
  return {
    async leave(redirectUri) {
      const { config: provider } = await discovered();
      const leaving = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri,
        scope: config.scope,
        state: leaving.state,
        nonce: leaving.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(leaving.verifier),
        code_challenge_method: "S256",
      });
      return { url, leaving };
    },
    async comeBack(url, { state, nonce, verifier }) {
      const { config: provider } = await discovered();
      try {
        const tokens = await client.authorizationCodeGrant(provider, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined || claimAt(claims, config.rolesClaim) !== undefined) return { ...claims };
        if (provider.serverMetadata().userinfo_endpoint === undefined) return claims;
        // Many issuers keep an ID token small and tell the rest when asked.
        return { ...(await client.fetchUserInfo(provider, tokens.access_token, claims.sub)), ...claims };
      } catch (error) {
        throw new Problem("not-signed-in", `Cannot sign in: ${reasonOf(error)}`, [], error);
      }
    },
    async verify(accessToken) {
      if (config.audience === undefined) return undefined;
      const { keys } = await discovered();
      try {
        const checks = { issuer: config.issuer, audience: config.audience, requiredClaims: ["exp"] };
        return (await jwtVerify(accessToken, keys, checks)).payload;
      } catch {
        return undefined;
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: OidcConfig) {
  // Refused by the configuration beyond this machine.
  const execute = issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
  const config = await client.discovery(
    new URL(issuer),
    clientId,
    clientSecret,
    clientSecret === undefined ? client.None() : undefined,
    { execute, timeout: TIMEOUT_S },
  );
  const { jwks_uri: jwks } = config.serverMetadata();
  if (jwks === undefined) throw new Error(`The issuer '${issuer}' publishes no keys (jwks_uri)`);
  return { config, keys: createRemoteJWKSet(new URL(jwks), { timeoutDuration: TIMEOUT_S * 1000 }) };
}

/** The library keeps what exactly was wrong in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
