import type { FastifyInstance } from "fastify";
import type { Call, Desk } from "../../_letters/desk.ts";
import { Refused } from "../../_letters/failures.ts";
import type { Job, JobResult } from "../../_letters/replay-job.ts";
import { requireRole } from "../access/allowed.ts";
import { OrderBody, PlanBody, ReplayBody } from "../api/requests.ts";
import { carriedFilter, checked, fieldsGiven, numberOf } from "./form-fields.ts";
import { type PageParts, visitOf } from "./frame.ts";
import { INLINE_RESULTS, jobPage, jobPath, jobsPage, MAX_RESULTS, resultsPage } from "./jobs.ts";
import { planPage, planPath, plansPage } from "./plans.ts";

type OfPlan = { Params: { plan: string }; Querystring: { result?: unknown } };
type Fields = Readonly<Record<string, string>>;

/** Plans and their jobs. */
export function addReplayPages(app: FastifyInstance, parts: PageParts): void {
  addPlanPages(app, parts);
  addJobPages(app, parts);
}

function addPlanPages(app: FastifyInstance, parts: PageParts): void {
  const { desk } = parts;
  app.get("/plans", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    const [plans, jobs] = await Promise.all([desk.plans(visit.call), desk.jobs(visit.call)]);
    return visit.show(plansPage(plans, jobs));
  });
  app.post("/plans", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "operator");
    const { plan } = await desk.plan(planWish(fieldsGiven(request)), visit.call);
    return reply.redirect(planPath(plan), 303);
  });
  app.get<OfPlan>("/plans/:plan", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    const plan = await desk.planOf(request.params.plan, visit.call);
    return visit.show(planPage(plan, await jobOf(desk, plan.plan, visit.call), visit));
  });
  app.post<OfPlan>("/plans/:plan/replay", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "operator");
    await desk.replay(request.params.plan, replayWish(fieldsGiven(request)), visit.call);
    return reply.redirect(jobPath(request.params.plan), 303);
  });
}

function addJobPages(app: FastifyInstance, parts: PageParts): void {
  const { desk } = parts;
  app.get("/jobs", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    return visit.show(jobsPage(await desk.jobs(visit.call)));
  });
  app.get<OfPlan>("/jobs/:plan", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    const job = await desk.job(request.params.plan, visit.call);
    const inline =
      job.letters <= INLINE_RESULTS
        ? (await first(desk.results(job.plan, visit.call), INLINE_RESULTS)).results
        : undefined;
    return visit.show(jobPage(job, inline, visit));
  });
  app.get<OfPlan>("/jobs/:plan/results", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "viewer");
    const only = typeof request.query.result === "string" ? request.query.result : undefined;
    const { plan } = await desk.job(request.params.plan, visit.call);
    const { results, more } = await first(desk.results(plan, visit.call), MAX_RESULTS, only);
    return visit.show(resultsPage(plan, results, only, more));
  });
  app.post<OfPlan>("/jobs/:plan/orders", async (request, reply) => {
    const visit = visitOf(parts, request, reply);
    requireRole(visit.person, "operator");
    const { order, reason, rate } = fieldsGiven(request);
    const given = order === "throttle" && rate !== undefined ? { rate: Number(rate) } : {};
    await desk.control(request.params.plan, checked(OrderBody, { order, reason, ...given }), visit.call);
    return reply.redirect(jobPath(request.params.plan), 303);
  });
}

function planWish(fields: Fields) {
  const { to, skipOrderCheck, reason } = fields;
  const [limit, attemptCap, rate] = ["limit", "attemptCap", "rate"].map((name) => numberOf(fields, name));
  return checked(PlanBody, {
    filter: carriedFilter(fields),
    reason,
    ...(to !== undefined && { to }),
    ...(limit !== undefined && { limit }),
    ...(attemptCap !== undefined && { attemptCap }),
    ...(rate !== undefined && { rate }),
    ...(skipOrderCheck !== undefined && { skipOrderCheck: true }),
  });
}

function replayWish(fields: Fields) {
  const [canary, rate, percent] = ["canary", "rate", "stopPercent"].map((name) => numberOf(fields, name));
  const agreed = Object.entries(fields).filter(([name]) => name.startsWith("otherGroup."));
  return checked(ReplayBody, {
    reason: fields.reason,
    pace: fields.pace !== undefined,
    ...(canary !== undefined && { canary }),
    ...(rate !== undefined && { rate }),
    ...(percent !== undefined && { stopOnFailureShare: percent / 100 }),
    ...(agreed.length > 0 && { otherGroups: agreed.map(([, group]) => group) }),
  });
}

async function jobOf(desk: Desk, plan: string, call: Call): Promise<Job | undefined> {
  try {
    return await desk.job(plan, call);
  } catch (error) {
    if (error instanceof Refused && error.code === "no-such-job") return undefined;
    throw error;
  }
}

/** The first `limit` rows, of one result only when it is named; `more`: there are further ones. */
async function first(rows: AsyncIterable<JobResult>, limit: number, only?: string) {
  const results: JobResult[] = [];
  for await (const row of rows) {
    if (only !== undefined && row.result !== only) continue;
    if (results.length === limit) return { results, more: true };
    results.push(row);
  }
  return { results, more: false };
}
