import type { FastifyRequest } from "fastify";
import { Problem } from "../problem.ts";
import { fromElsewhere } from "./origin.ts";
import type { Person, Role } from "./person.ts";

/** @throws {Problem} `not-allowed` */
export function requireRole(person: Person, role: Role): void {
  if (!person.roles.has(role))
    throw new Problem("not-allowed", `'${person.name}' may not do this: it needs the role ${role}`);
}

/** Of a GET that shows personal fields: it is written down, so another site must not be able to cause it. */
export function mayShow(person: Person, request: FastifyRequest): void {
  requireRole(person, "personal");
  if (person.by !== "token" && fromElsewhere(request.headers["sec-fetch-site"]))
    throw new Problem("forged", "Personal fields are shown only when the console's own pages ask");
}
