import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../problem.ts";
import type { FormTokens } from "./form-token.ts";
import { forgery, isOwnHost } from "./origin.ts";
import type { Person } from "./person.ts";
import type { WayIn } from "./ways-in.ts";

/** Who asks, once the gate let the request in. */
export type PersonOf = (request: FastifyRequest) => Person;

export interface GateOptions {
  readonly wayIn: WayIn;
  readonly formTokens: FormTokens;
  /** As browsers see the console. */
  readonly url: string | undefined;
  /** Where a person can sign in; undefined: nowhere here. */
  readonly signInPath: string | undefined;
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Of no value to anybody who isn't let in, or needed to come in. */
const OPEN_PATHS = /^\/(?:assets\/|login(?:\?|$)|callback(?:\?|$)|signed-out$)/;

/**
 * Guards every route that is added to `app` after it: the host asked for, who asks, where a change comes from, and the
 * headers that keep a page to itself.
 */
export function addGate(app: FastifyInstance, { wayIn, formTokens, url, signInPath }: GateOptions): PersonOf {
  const people = new WeakMap<FastifyRequest, Person>();
  const headersOfAll = { ...SECURITY_HEADERS, ...(url?.startsWith("https:") && HTTPS_HEADERS) };
  app.addHook("onRequest", async (request, reply) => {
    const { headers, method } = request;
    reply.headers(headersOfAll);
    if (!isOwnHost(headers.host, url))
      throw new Problem("wrong-host", `This console doesn't answer to the name '${headers.host ?? ""}'`);
    if (OPEN_PATHS.test(request.url)) return;
    const person = await wayIn(headers);
    if (!person) {
      if (signInPath !== undefined && isNavigation(request))
        return reply.redirect(`${signInPath}?back=${encodeURIComponent(request.url)}`, 303);
      throw new Problem("not-signed-in", "Nobody is signed in, or the token or session is over");
    }
    people.set(request, person);
    if (SAFE.has(method) || person.by === "token") return;
    const secFetchSite = headers["sec-fetch-site"];
    const why = forgery(
      {
        secFetchSite: typeof secFetchSite === "string" ? secFetchSite : undefined,
        origin: headers.origin,
        host: headers.host,
      },
      url,
      person.by !== "loopback",
    );
    if (why !== undefined) throw new Problem("forged", `The request was refused as ${why}`);
  });
  const personOf = (request: FastifyRequest) => {
    const person = people.get(request);
    if (!person) throw new Problem("not-signed-in", "Nobody is signed in");
    return person;
  };
  app.addHook("preHandler", async (request) => {
    if (!isForm(request)) return;
    const { csrf } = formFields(request);
    if (!formTokens.fits(personOf(request), csrf))
      throw new Problem("forged", "The form is not one of ours, or of another sign-in: open the page again");
  });
  return personOf;
}

export function formFields(request: FastifyRequest): Readonly<Record<string, string>> {
  // The only parser of forms gives just that (server.ts).
  return isForm(request) ? (request.body as Readonly<Record<string, string>>) : {};
}

function isForm({ headers, method }: FastifyRequest): boolean {
  return (
    !SAFE.has(method) && headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true
  );
}

function isNavigation({ url, method, headers }: FastifyRequest): boolean {
  return method === "GET" && !url.startsWith("/api/") && headers.accept?.includes("text/html") === true;
}

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const SECURITY_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

/** A browser that was here once doesn't come by http again, where a cookie or a token could be read. */
const HTTPS_HEADERS = { "strict-transport-security": "max-age=31536000" };
