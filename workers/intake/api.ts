import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createBriefMemory } from "./brief-memory.ts";
import { cancel } from "./cancel.ts";
import type { Desk } from "./desk.ts";
import { openApiDocument } from "./openapi.ts";
import { type Operation, operations } from "./operations.ts";
import { pageHeaders } from "./page/page.ts";
import { seatMapPage } from "./page/seat-map.ts";
import { Problem } from "./problem.ts";
import { reserve } from "./reserve.ts";
import type { Slots } from "./slots.ts";
import type { TokenBuckets } from "./token-buckets.ts";
import { type Input, invalid, validated } from "./validated.ts";
import { concertList, concertView, reservationView } from "./views.ts";

/** Adds every operation of the API, as `operations` declares them. */
export function addApi(app: FastifyInstance, desk: Desk, buckets: TokenBuckets, slots: Slots): void {
  const seatsOf = createBriefMemory({
    forMs: 200,
    max: 50,
    load: (key) => {
      // The keys are made below, from these two.
      const [concertId, since] = JSON.parse(key) as [string, string];
      return desk.seatMap.seats(concertId, since);
    },
  });
  /** Runs what publishes, within the client's rate and the bound on what is under way. */
  function admitted<T>(client: string, work: () => Promise<T>): Promise<T> {
    const waitMs = buckets.take(client);
    if (waitMs > 0)
      throw new Problem("rate-limited", "This client asks too often", {
        retryAfter: Math.ceil(waitMs / 1000),
      });
    const running = slots.run(work);
    if (!running) throw new Problem("busy", "Too many reservations are under way", { retryAfter: 1 });
    return running;
  }
  async function concertOf(id: string) {
    const concert = await desk.concert(id);
    if (!concert) throw new Problem("unknown-concert", `There is no concert '${id}'`);
    return concert;
  }

  add(app, operations.reserve, async ({ headers, body }, _request, reply) => {
    const client = clientOf(headers["x-client-id"], body.customerId);
    const idempotencyKey = headers["idempotency-key"];
    const reservation = await admitted(client, () =>
      reserve({ client, idempotencyKey, request: body }, desk),
    );
    const { reservationId } = reservation;
    reply.code(202).header("location", `/reservations/${reservationId}`).header("cache-control", "no-store");
    return reservationView(reservation);
  });
  add(app, operations.cancel, async ({ headers, params }, _request, reply) => {
    const client = headers["x-client-id"];
    const reservation = await admitted(client, () => cancel(client, params.id, desk));
    reply.code(202).header("cache-control", "no-store");
    return reservationView(reservation);
  });
  add(app, operations.reservation, async ({ params }, _request, reply) => {
    const reservation = await desk.seatMap.find(params.id);
    if (!reservation) throw new Problem("unknown-reservation", `There is no reservation '${params.id}'`);
    reply.header("cache-control", "no-store");
    return reservationView(reservation);
  });
  add(app, operations.concerts, async () => {
    return concertList(await desk.concerts());
  });
  add(app, operations.concert, async ({ params }, request, reply) => {
    const concert = await concertOf(params.id);
    reply.header("vary", "accept");
    if (!request.headers.accept?.includes("text/html")) return concertView(concert);
    const page = seatMapPage(concert);
    return reply.headers(pageHeaders(page)).send(page.html);
  });
  add(app, operations.seats, async ({ params, query }, request, reply) => {
    await concertOf(params.id);
    const view = await seatsOf(JSON.stringify([params.id, query.since ?? ""]));
    const etag = `"${view.version}"`;
    reply.header("etag", etag).header("cache-control", "no-cache");
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    return { concertId: params.id, ...view };
  });
  const document = openApiDocument("1.0.0");
  app.get("/openapi.json", () => document);
}

function add<O extends Operation>(
  app: FastifyInstance,
  operation: O,
  handle: (input: Input<O>, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
): void {
  app.route({
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    handler: (request, reply) => handle(validated(operation, request), request, reply),
  });
}

/** @throws {Problem} when neither names the client, or they disagree */
function clientOf(header: string | undefined, customerId: string | undefined): string {
  const client = header ?? customerId;
  if (client === undefined)
    throw invalid([
      { place: "header x-client-id", detail: "must say who asks, or 'customerId' in the body" },
    ]);
  if (customerId !== undefined && customerId !== client)
    throw invalid([
      { place: "/customerId", detail: "must be the same as the header x-client-id, or left out" },
    ]);
  return client;
}
