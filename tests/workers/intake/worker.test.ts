import { randomUUID } from "node:crypto";
import pino from "pino";
import t from "tap";
import { reservations } from "../../../schemas/topics.ts";
import { ReservationRequested } from "../../../schemas/types.ts";
import { freePort } from "../../../scripts/stack/port.ts";
import { createCodec } from "../../../workers/_runtime/codec.ts";
import { readFrame } from "../../../workers/_runtime/frame.ts";
import { connectRedis } from "../../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import { beginBuild, openBuild } from "../../../workers/_seats/generation.ts";
import { createSeatMap, DEFAULT_PREFIX } from "../../../workers/_seats/mod.ts";
import { ReservationView } from "../../../workers/intake/messages.ts";
import intake from "../../../workers/intake/worker.ts";
import { fleet } from "../../_support/fleet.ts";
import { gala } from "./open-shop.ts";

/** The worker uses the seat map's own names: a numbered database keeps them apart from other tests'. */
function databaseOf(url: string, database: number): string {
  const apart = new URL(url);
  apart.pathname = `/${database}`;
  return apart.href;
}

t.test("intake as a worker: what it answers 202 to is in the log, under the reservation's key", async (t) => {
  const redisUrl = databaseOf(process.env.REDIS_URL ?? "", 9);
  const redis = await connectRedis(redisUrl, { log: pino({ level: "silent" }) });
  t.teardown(async () => {
    await redis.call("FLUSHDB");
    await redis.close();
  });
  const building = await beginBuild(redis, DEFAULT_PREFIX, { token: randomUUID(), cluster: "kafka" });
  await openBuild(redis, DEFAULT_PREFIX, building);
  await createSeatMap(redis).putConcert(gala, 1);

  const port = await freePort();
  const settings = { REDIS_URL: redisUrl, INTAKE_PORT: String(port), INTAKE_PUBLISH_TIMEOUT: "60s" };
  const own = await fleet(t, settings);
  await own.prepare([reservations], [intake]);
  const worker = await own.run(intake);
  t.equal((await fetch(`${worker.health.url}/readyz`)).status, 200);

  const answer = await fetch(`http://127.0.0.1:${port}/reservations`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": randomUUID(), "x-client-id": "ada" },
    body: JSON.stringify({ concertId: "gala", seats: ["A-1", "A-2"], card: "tok_good" }),
  });
  t.equal(answer.status, 202);
  const { reservationId } = ReservationView.parse(await answer.json());

  const codec = createCodec({
    registry: connectRegistry(own.config.registry),
    records: [ReservationRequested],
    topics: [],
  });
  const records = await own.all("reservations");
  const found = records.filter((record) => record.key?.toString() === reservationId);
  t.equal(found.length, 1);
  const frame = readFrame(found[0]?.value ?? null);
  if (frame.kind !== "event") return t.fail(`no event: ${frame.kind}`);
  await codec.resolveName(frame.schemaId, new AbortController().signal);
  t.match(codec.decode(ReservationRequested, frame.schemaId, frame.payload), {
    type: "ReservationRequested",
    reservationId,
    customerId: "ada",
    seats: ["A-1", "A-2"],
    amount: 18_000,
  });

  const cancelled = await fetch(`http://127.0.0.1:${port}/reservations/${reservationId}`, {
    method: "DELETE",
    headers: { "x-client-id": "ada" },
  });
  t.equal(cancelled.status, 202);
  const keyed = (await own.all("reservations")).filter((record) => record.key?.toString() === reservationId);
  t.equal(keyed.length, 2);
  await worker.stop();
  await t.rejects(fetch(`http://127.0.0.1:${port}/concerts`), "it listens no more");
});
