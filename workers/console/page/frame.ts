import type { FastifyReply, FastifyRequest } from "fastify";
import type { Call, Desk } from "../../_letters/desk.ts";
import type { FormTokens } from "../access/form-token.ts";
import type { PersonOf } from "../access/gate.ts";
import type { Person } from "../access/person.ts";
import { callOf } from "../call.ts";
import type { FleetView } from "../fleet/view.ts";
import { type PageContent, page } from "./layout.ts";

/** What all pages are made of. */
export interface PageParts {
  readonly desk: Desk;
  readonly fleet: FleetView;
  readonly personOf: PersonOf;
  readonly formTokens: FormTokens;
  /** There is a way to sign out. */
  readonly signsOut: boolean;
}

/** One request for a page: who asks, their call of the desk, their form token, and how to answer. */
export interface Visit {
  readonly person: Person;
  readonly call: Call;
  readonly csrf: string;
  show(content: PageContent): FastifyReply;
}

export function visitOf(
  { personOf, formTokens, signsOut }: PageParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Visit {
  const person = personOf(request);
  const csrf = formTokens.of(person);
  const path = request.url.split("?", 1)[0] ?? "/";
  return {
    person,
    csrf,
    call: callOf(person, reply),
    show: (content) =>
      reply
        .headers({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
        .send(page(content, { person, csrf, path, signsOut })),
  };
}
