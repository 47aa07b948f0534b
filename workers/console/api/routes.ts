import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Call, Desk } from "../../_letters/desk.ts";
import { mayShow, requireRole } from "../access/allowed.ts";
import type { PersonOf } from "../access/gate.ts";
import { callOf } from "../call.ts";
import { masking } from "../masking.ts";
import { Problem } from "../problem.ts";
import { linesOf, rowsOf } from "./ndjson.ts";
import { openApiDocument } from "./openapi.ts";
import { type Operation, operations } from "./operations.ts";
import { type Input, validated } from "./validated.ts";

const PREFIX = "/api/v1";

/** Adds every operation of the API, as `operations` declares them, over a desk. */
export function addApi(app: FastifyInstance, desk: Desk, personOf: PersonOf): void {
  const add = <O extends Operation>(
    operation: O,
    handle: (input: Input<O>, call: Call, request: FastifyRequest, reply: FastifyReply) => unknown,
  ) =>
    app.route({
      method: operation.method,
      url: PREFIX + operation.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      handler: async (request, reply) => {
        const person = personOf(request);
        requireRole(person, operation.role);
        reply.header("cache-control", "no-store");
        return await handle(validated(operation, request), callOf(person, reply), request, reply);
      },
    });
  const ndjson = (reply: FastifyReply, rows: AsyncIterable<unknown>) =>
    reply.header("content-type", "application/x-ndjson").send(linesOf(rows));

  add(operations.groups, ({ body }, call) => desk.groups(body.filter, call));
  add(operations.list, ({ body }, call) => desk.list(body.filter, body.page, call));
  add(operations.show, ({ params, query }, call, request) => {
    if (query.personal) mayShow(personOf(request), request);
    return desk.show(params.letter, query, call);
  });
  add(operations.export, ({ body }, call, _request, reply) => ndjson(reply, desk.export(body.filter, call)));
  add(operations.import, ({ query }, call, request) => {
    const lines = request.body;
    if (!(lines instanceof Readable))
      throw new Problem("unsupported-media-type", "Send the letters as application/x-ndjson");
    return desk.import(rowsOf(lines, operations.import.lines), query, call);
  });
  add(operations.edit, ({ params, body }, call, request) =>
    masking(desk, personOf(request)).edit(params.letter, body, call),
  );
  add(operations.discard, ({ body }, call) => desk.discard(body.which, { reason: body.reason }, call));
  add(operations.restore, ({ body }, call) => desk.restore(body.which, { reason: body.reason }, call));
  add(operations.plan, ({ body }, call) => desk.plan(body, call));
  add(operations.plans, (_input, call) => desk.plans(call));
  add(operations.planOf, ({ params }, call) => desk.planOf(params.plan, call));
  add(operations.replay, ({ params, body }, call) => desk.replay(params.plan, body, call));
  add(operations.jobs, (_input, call) => desk.jobs(call));
  add(operations.job, ({ params }, call) => desk.job(params.plan, call));
  add(operations.control, ({ params, body }, call) => desk.control(params.plan, body, call));
  add(operations.results, async ({ params }, call, _request, reply) => {
    // Asked first: once rows flow, the status can't say that there is no such job.
    await desk.job(params.plan, call);
    return ndjson(reply, desk.results(params.plan, call));
  });
  add(operations.audit, ({ query }, call) => desk.audit(query, call));

  const document = openApiDocument("1.0.0");
  app.get(`${PREFIX}/openapi.json`, () => document);
}
