import type { FastifyInstance } from "fastify";
import { isEverything } from "../../_letters/filter.ts";
import type { Filter } from "../../_letters/letter-filter.ts";
import { requireRole } from "../access/allowed.ts";
import { linesOf } from "../api/ndjson.ts";
import { EditBody, Reasoned } from "../api/requests.ts";
import { masking } from "../masking.ts";
import { Problem, type ProblemName } from "../problem.ts";
import { problemOf } from "../problem-answers.ts";
import { actedPage } from "./deeds.ts";
import { comparePage, type Draft, editorPage } from "./edit.ts";
import { filterOf } from "./filter-query.ts";
import { carriedFilter, checked, fieldsGiven, numberOf } from "./form-fields.ts";
import { type PageParts, type Visit, visitOf } from "./frame.ts";
import { letterPage } from "./letter.ts";
import { groupsPage, letterPath, listPage, PAGE_SIZE } from "./letters.ts";

type Letter = { Params: { letter: string }; Querystring: Readonly<Record<string, unknown>> };

/** Groups, letters, one letter, its edit; discard and restore. */
export function addLetterPages(app: FastifyInstance, parts: PageParts): void {
  const { desk, fleet } = parts;
  app.get<Letter>("/letters", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    const filter = filterOf(request.query);
    return visit.show(groupsPage(await desk.groups(filter, visit.call), filter, fleet.workers, visit));
  });
  app.get<Letter>("/letters/list", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    const filter = filterOf(request.query);
    const { after } = request.query;
    const wanted = { limit: PAGE_SIZE, ...(typeof after === "string" && { after }) };
    return visit.show(listPage(await desk.list(filter, wanted, visit.call), filter, fleet.workers, visit));
  });
  app.get<Letter>("/letters/:letter", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    return visit.show(letterPage(await desk.show(request.params.letter, {}, visit.call), visit));
  });
  // A form of ours, not an address: another site can't cause a look that is written down.
  app.post<Letter>("/letters/:letter/personal", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "personal");
    return visit.show(
      letterPage(await desk.show(request.params.letter, { personal: true }, visit.call), visit),
    );
  });
  app.post<Letter>("/letters/:letter/edit", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "operator");
    const { step, event = "", reason = "" } = fieldsGiven(request);
    const draft = { letter: request.params.letter, text: event, reason };
    if (step === "open") return visit.show(editorPage(await opened(parts, draft.letter, visit), visit));
    if (step === "again") return visit.show(editorPage(draft, visit));
    return await compareOrWrite(parts, draft, step === "write", visit, (path) => reply.redirect(path, 303));
  });
  app.post("/letters/export", async (request, reply) => {
    const { person, call } = visitOf(parts, request, reply);
    requireRole(person, "personal");
    const rows = desk.export(carriedFilter(fieldsGiven(request)), call);
    const name = `letters-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.ndjson`;
    return reply
      .headers({
        "content-type": "application/x-ndjson",
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
      })
      .send(linesOf(rows));
  });
  for (const deed of ["discard", "restore"] as const) {
    app.post(`/letters/${deed}`, async (request, reply) => {
      const visit = visitOf(parts, request, reply);
      requireRole(visit.person, "operator");
      const fields = fieldsGiven(request);
      const filter = carriedFilter(fields);
      const wanted: Filter =
        deed === "restore" ? { ...filter, outcomes: ["discarded"] } : discardable(filter, fields);
      const { reason } = checked(Reasoned, { reason: fields.reason });
      const acted = await desk[deed]({ filter: wanted }, { reason }, visit.call);
      return visit.show(actedPage(deed === "discard" ? "Discarded" : "Restored", acted));
    });
  }
}

/**
 * What the page showed: what died since nobody has looked at.
 * @throws {Problem} `invalid-request`: everything is discarded only when that is said
 */
function discardable(filter: Filter, fields: Readonly<Record<string, string>>): Filter {
  if (isEverything(filter) && fields.everything !== "yes")
    throw new Problem(
      "invalid-request",
      "Cannot discard every dead letter unasked: narrow it down with a filter, or tick that you mean all of them",
    );
  const { until = Number.POSITIVE_INFINITY } = filter;
  const shown = numberOf(fields, "shown") ?? until;
  return Number.isFinite(Math.min(until, shown)) ? { ...filter, until: Math.min(until, shown) } : filter;
}

/** What stands, as text to edit: personal fields included, or the letter is refused who may not see them. */
async function opened({ desk }: PageParts, letter: string, { person, call }: Visit): Promise<Draft> {
  const detail = await desk.show(letter, { newer: false }, call);
  const standing = ({ edit, decoded }: typeof detail) => (edit?.decoded.ok ? edit.decoded : decoded);
  let decoded = standing(detail);
  if (decoded.ok && decoded.masked.length > 0) {
    requireRole(person, "personal");
    decoded = standing(await desk.show(letter, { newer: false, personal: true }, call));
  }
  if (!decoded.ok)
    throw new Problem("not-open", `Cannot edit '${letter}' as it can't be decoded: ${decoded.reason}`);
  return { letter, text: JSON.stringify(decoded.event, null, 2), reason: "" };
}

/** What the person at the editor can set right there; anything else ends as a page of its own. */
const MENDABLE: readonly ProblemName[] = ["invalid-edit", "invalid-request"];

async function compareOrWrite(
  { desk }: PageParts,
  draft: Draft,
  write: boolean,
  visit: Visit,
  redirect: (path: string) => unknown,
): Promise<unknown> {
  try {
    const wish = checked(EditBody, { event: parsed(draft.text), reason: draft.reason, dryRun: !write });
    const result = await masking(desk, visit.person).edit(draft.letter, wish, visit.call);
    return write ? redirect(letterPath(draft.letter)) : visit.show(comparePage(draft, result, visit));
  } catch (error) {
    const { problem, message, details } = problemOf(error);
    if (!MENDABLE.includes(problem)) throw error;
    return visit.show(editorPage(draft, visit, [message, ...details].join(" ")));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(
      "invalid-request",
      `The event is not JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}
