import type { FastifyInstance } from "fastify";
import type { ConsoleConfig, OidcConfig } from "../../_runtime/mod.ts";
import { Problem } from "../problem.ts";
import { personOfClaims } from "./claims.ts";
import { cookieName, cookieOf, setCookie } from "./cookies.ts";
import type { Sealed } from "./sealed.ts";
import type { SignIn } from "./ways-in.ts";

/** From leaving for the issuer until coming back. */
const LEAVE_S = 600;

/** `/login`, `/callback` and `/logout`: authorization code with PKCE; what is remembered lies sealed in cookies. */
export function addSignIn(
  app: FastifyInstance,
  { url = "", rolesPrefix }: ConsoleConfig,
  oidc: OidcConfig,
  { issuer, sessions, leaves }: SignIn & { readonly leaves: Sealed },
): void {
  const secure = url.startsWith("https:");
  const names = { leave: cookieName("leave", secure), session: cookieName("session", secure) };
  const redirectUri = `${url}/callback`;

  app.get<{ Querystring: { back?: unknown } }>("/login", async ({ query }, reply) => {
    const { url: away, leaving } = await issuer.leave(redirectUri);
    const sealed = await leaves.seal({ ...leaving, back: localPath(query.back) }, LEAVE_S);
    reply.header("set-cookie", setCookie(names.leave, sealed, { secure, maxAge: LEAVE_S }));
    return reply.header("cache-control", "no-store").redirect(away.href, 303);
  });
  app.get("/callback", async (request, reply) => {
    const cookie = cookieOf(request.headers.cookie, names.leave);
    const left = cookie === undefined ? undefined : await leaves.open(cookie);
    const { state, nonce, verifier, back } = left ?? {};
    if (typeof state !== "string" || typeof nonce !== "string" || typeof verifier !== "string")
      throw new Problem("not-signed-in", "Cannot sign in as this browser did not begin to, or too long ago");
    const claims = await issuer.comeBack(new URL(`${url}${request.url}`), { state, nonce, verifier });
    const person = personOfClaims(claims, { ...oidc, rolesPrefix }, "session");
    if (!person)
      throw new Problem(
        "not-signed-in",
        `Cannot sign in as the issuer's claim '${oidc.nameClaim}' names nobody`,
      );
    const seconds = Math.floor(oidc.sessionMs / 1000);
    const session = await sessions.seal({ name: person.name, roles: [...person.roles] }, seconds);
    reply.header("set-cookie", [
      setCookie(names.session, session, { secure, maxAge: seconds }),
      setCookie(names.leave, "", { secure, maxAge: 0 }),
    ]);
    return reply.header("cache-control", "no-store").redirect(localPath(back), 303);
  });
  app.post("/logout", async (_request, reply) => {
    reply.header("set-cookie", setCookie(names.session, "", { secure, maxAge: 0 }));
    return reply.redirect("/signed-out", 303);
  });
}

/** A path of ours to go back to: what a browser could take for another host leads home. */
export function localPath(back: unknown): string {
  return typeof back === "string" && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(back) && back.length < 4000
    ? back
    : "/";
}
