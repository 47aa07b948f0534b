import type { FastifyReply, FastifyRequest } from "fastify";
import { html } from "../../_html/mod.ts";
import { type Problem, problems } from "../problem.ts";
import { page } from "./layout.ts";

/** A problem as a page for people; the status is set. */
export function problemPage(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { title, advice } = problems[problem.problem];
  const body = html`<h1>${title}</h1>
<p role="alert">${problem.message}</p>
${problem.details.length > 0 ? html`<ul>${problem.details.map((each) => html`<li>${each}</li>`)}</ul>` : ""}
<p class="soft">${advice}</p>
<p><a href="/">To the start</a></p>`;
  const frame = { person: undefined, csrf: "", path: request.url, signsOut: false };
  return reply.header("content-type", "text/html; charset=utf-8").send(page({ title, body }, frame));
}
