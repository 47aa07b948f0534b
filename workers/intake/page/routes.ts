import type { FastifyInstance } from "fastify";
import { html } from "../../_html/mod.ts";
import type { Desk } from "../desk.ts";
import { Problem, problems } from "../problem.ts";
import { concertList } from "../views.ts";
import { page, pageHeaders } from "./page.ts";

/** Pages for people beside the seat map: the concerts, and what each problem's type URI leads to. */
export function addPages(app: FastifyInstance, desk: Desk): void {
  app.get("/", async (_request, reply) => {
    const { concerts } = concertList(await desk.concerts());
    const shown = page({
      title: "Concerts",
      body: html`<main><h1>Concerts</h1>
${concerts.length === 0 ? html`<p>There are none yet: <code>boxoffice concerts apply FILE</code> publishes some.</p>` : ""}
<ul class="concerts">${concerts.map(
        (concert) =>
          html`<li><a href="/concerts/${encodeURIComponent(concert.concertId)}">${concert.name}</a><br><span class="soft">${concert.hall}, <time datetime="${concert.startsAt}">${concert.startsAt.slice(0, 16).replace("T", " ")} UTC</time>, ${concert.seats} seats</span></li>`,
      )}</ul>
<p class="soft">For programs: <a href="/openapi.json">OpenAPI</a>, <a href="/concerts">/concerts</a>.</p></main>`,
    });
    return reply.headers(pageHeaders(shown)).send(shown.html);
  });
  app.get<{ Params: { name: string } }>("/problems/:name", async ({ params }, reply) => {
    const problem = Object.entries(problems).find(([name]) => name === params.name)?.[1];
    if (!problem) throw new Problem("not-found", "There is no such problem type");
    const { title, status, advice } = problem;
    const shown = page({
      title,
      body: html`<main><h1>${title}</h1><p class="soft">Problem <code>${params.name}</code>, status ${status}.</p><p>${advice}</p></main>`,
    });
    return reply.headers(pageHeaders(shown)).send(shown.html);
  });
}
