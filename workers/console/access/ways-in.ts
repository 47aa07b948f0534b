import type { IncomingHttpHeaders } from "node:http";
import { userInfo } from "node:os";
import type { ConsoleConfig } from "../../_runtime/mod.ts";
import { Problem } from "../problem.ts";
import { listed, personOfClaims } from "./claims.ts";
import { sameSecret } from "./compare.ts";
import { cookieName, cookieOf } from "./cookies.ts";
import type { Issuer } from "./issuer.ts";
import { type Person, rolesOf } from "./person.ts";
import type { Sealed } from "./sealed.ts";

/** Who asks; undefined: nobody that we know. */
export type WayIn = (headers: IncomingHttpHeaders) => Promise<Person | undefined>;

/** Header with CONSOLE_PROXY_SECRET. */
export const PROXY_SECRET_HEADER = "x-boxoffice-proxy-secret";

export interface SignIn {
  readonly issuer: Issuer;
  readonly sessions: Sealed;
}

/**
 * The ways in that are configured, as one. A bearer token that doesn't fit is nobody, whatever else comes with it.
 * With none configured, whoever is on this machine is its user, with every role.
 */
export function waysIn(config: ConsoleConfig, signIn: SignIn | undefined): WayIn {
  const { oidc, proxy, tokens } = config;
  if (!oidc && !proxy && tokens.length === 0) {
    const person = localPerson();
    return async (headers) => {
      if (cameThroughProxy(headers))
        throw new Problem(
          "not-signed-in",
          "This console knows people only by their being on its machine, and a proxy brought this request: configure a way to sign in",
        );
      return person;
    };
  }
  const secure = config.url?.startsWith("https:") ?? false;
  return async (headers) => {
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
    if (bearer !== undefined)
      return tokenPerson(config, bearer) ?? (await issuedPerson(config, signIn, bearer));
    return (await sessionPerson(headers, secure, signIn)) ?? proxyPerson(config, headers);
  };
}

/** What proxies add by themselves. One on this machine makes whoever it serves look as if they were on it. */
const PROXY_HEADERS = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
] as const;

function cameThroughProxy(headers: IncomingHttpHeaders): boolean {
  return PROXY_HEADERS.some((name) => headers[name] !== undefined);
}

function localPerson(): Person {
  return { name: `local:${userName()}`, roles: rolesOf(["operator", "personal"]), by: "loopback" };
}

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "user");
  }
}

function tokenPerson({ tokens }: ConsoleConfig, bearer: string): Person | undefined {
  // Each is compared, so that the time doesn't tell how many there are before the right one.
  const [found] = tokens.filter(({ token }) => sameSecret(token, bearer));
  return found && { name: found.name, roles: rolesOf(found.roles), by: "token" };
}

async function issuedPerson(
  { oidc, rolesPrefix }: ConsoleConfig,
  signIn: SignIn | undefined,
  bearer: string,
): Promise<Person | undefined> {
  if (!oidc || !signIn) return undefined;
  const claims = await signIn.issuer.verify(bearer);
  return claims && personOfClaims(claims, { ...oidc, rolesPrefix }, "token");
}

async function sessionPerson(
  headers: IncomingHttpHeaders,
  secure: boolean,
  signIn: SignIn | undefined,
): Promise<Person | undefined> {
  const cookie = cookieOf(headers.cookie, cookieName("session", secure));
  if (!signIn || cookie === undefined) return undefined;
  const claims = await signIn.sessions.open(cookie);
  const name = claims?.name;
  return typeof name === "string"
    ? { name, roles: rolesOf(listed(claims?.roles)), by: "session" }
    : undefined;
}

function proxyPerson(
  { proxy, rolesPrefix }: ConsoleConfig,
  headers: IncomingHttpHeaders,
): Person | undefined {
  const given = headers[PROXY_SECRET_HEADER];
  if (!proxy || typeof given !== "string" || !sameSecret(given, proxy.secret)) return undefined;
  const name = headers[proxy.userHeader];
  if (typeof name !== "string" || name === "") return undefined;
  return { name, roles: rolesOf(listed(headers[proxy.rolesHeader]), rolesPrefix), by: "proxy" };
}
