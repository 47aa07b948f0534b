import type { FastifyInstance } from "fastify";
import { html } from "../../_html/mod.ts";
import { requireRole } from "../access/allowed.ts";
import { AuditQuery } from "../api/requests.ts";
import { addAssets } from "./assets.ts";
import { AUDIT_ROWS, auditPage } from "./audit.ts";
import { fleetPage } from "./fleet.ts";
import { checked } from "./form-fields.ts";
import { type PageParts, visitOf } from "./frame.ts";
import { page } from "./layout.ts";
import { addLetterPages } from "./letter-routes.ts";
import { addReplayPages } from "./replay-routes.ts";

/** Every page for people. */
export function addPages(app: FastifyInstance, parts: PageParts): void {
  addAssets(app);
  addLetterPages(app, parts);
  addReplayPages(app, parts);
  app.get("/", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    return visit.show(fleetPage(await parts.fleet.look()));
  });
  app.get<{ Querystring: Readonly<Record<string, unknown>> }>("/audit", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    const given = Object.fromEntries(Object.entries(request.query).filter(([, value]) => value !== ""));
    const wish = { limit: AUDIT_ROWS, ...checked(AuditQuery, given) };
    return visit.show(auditPage(await parts.desk.audit(wish, visit.call), wish));
  });
  app.get("/signed-out", async (request, reply) => {
    const body = html`<h1>Signed out</h1><p><a href="/">Sign in again</a></p>`;
    const frame = { person: undefined, csrf: "", path: request.url, signsOut: false };
    return reply.type("text/html; charset=utf-8").send(page({ title: "Signed out", body }, frame));
  });
}
