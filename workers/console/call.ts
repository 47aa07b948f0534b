import type { FastifyReply } from "fastify";
import type { Call } from "../_letters/desk.ts";
import type { Person } from "./access/person.ts";

/** A desk's call for one request: over when its answer is through, or when nobody waits for it any more. */
export function callOf(person: Person, reply: FastifyReply): Call {
  const over = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) over.abort(new Error("The asker went away"));
  });
  return { signal: over.signal, by: person.name, hidesPersonal: !person.roles.has("personal") };
}
