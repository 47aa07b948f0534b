import t from "tap";
import { payments, reservations } from "../../schemas/topics.ts";
import type { ReservationConfirmed, ReservationRequested } from "../../schemas/types.ts";
import { startGateway } from "../../scripts/gateway/start.ts";
import { startStack } from "../../scripts/stack/start.ts";
import { createAddresses } from "../../workers/_addresses/mod.ts";
import { parseOurs } from "../../workers/_runtime/headers.ts";
import { connectRedis, type Event, type Topic, type Worker } from "../../workers/_runtime/mod.ts";
import notification from "../../workers/notification/worker.ts";
import payment from "../../workers/payment/worker.ts";
import { type Fleet, fleet, until } from "../_support/fleet.ts";
import { silent } from "../_support/seats.ts";

/** The breaker's: so many failures in a row open it, and so many may use an attempt. */
const THRESHOLD = 5;
const RECORDS = 60;
/** From the breaker's opening until the dependency is back: some probes fall into it. */
const AWAY_MS = 2_500;

const signal = new AbortController().signal;
const small = (topic: Topic): Topic => ({ ...topic, partitions: 2 });
const all = ([reservations, payments] as unknown as readonly Topic[]).map(small);
const quick = (worker: Worker): Worker => ({
  ...worker,
  retry: ["100ms", "300ms"],
  reads: worker.reads.map(({ topic, records }) => ({ topic: small(topic), records })),
});

async function publish(own: Fleet, events: readonly Event[]): Promise<void> {
  const topic = small(reservations as unknown as Topic);
  await own.send(events.map((event) => own.event(topic, event)));
}

/** Records of the worker's retry topics that used an attempt, and all of its letters. */
async function spent(own: Fleet, worker: string): Promise<{ attempts: number; letters: number }> {
  const copies = await Promise.all(
    ["100ms", "300ms"].map((delay) => own.all(`reservations.${worker}.retry.${delay}`)),
  );
  const attempts = copies.flat().filter(({ headers }) => parseOurs(headers).stage !== "parked").length;
  return { attempts, letters: (await own.all(`reservations.${worker}.dlq`)).length };
}

async function breakerOpens(url: string): Promise<void> {
  await until(t, "the breaker is open", async () =>
    /boxoffice_breaker_open\S* 1\b/.test(await (await fetch(`${url}/metrics`)).text()),
  );
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
}

const base = (id: string) => ({
  ...{ reservationId: id, customerId: `u-${id}`, concertId: "c", seats: ["A-1"] },
  ...{ amount: 9_000, currency: "EUR" },
});
const requested = (id: string): ReservationRequested => ({
  ...{ type: "ReservationRequested", ...base(id), card: "tok_good" },
  ...{ requestedAt: Date.now(), holdUntil: Date.now() + 3_600_000 },
});
const confirmed = (id: string): ReservationConfirmed => ({
  ...{ type: "ReservationConfirmed", ...base(id), chargeId: `ch-${id}` },
});

t.setTimeout(900_000);
t.test("payment and notification sit out an outage of what they call", async (t) => {
  const stack = await startStack({ services: ["kafka", "registry", "redis", "smtp"] }, signal);
  t.teardown(() => stack.stop());

  // Short only where no answer comes: a call of a busy machine may take its time, before and after.
  for (const [mode, timeout] of [
    ["refuse", "30s"],
    ["503", "30s"],
    ["hang", "5s"],
  ] as const)
    await t.test(`a gateway in outage (${mode}) costs no attempt beyond the threshold`, async (t) => {
      const gateway = await startGateway();
      t.teardown(() => gateway.close());
      const times = { GATEWAY_TIMEOUT: timeout, INTAKE_HOLD: "10m" };
      const own = await fleet(t, { ...stack.env, GATEWAY_URL: gateway.url, ...times });
      const worker = quick(payment);
      await own.prepare(all, [worker]);
      const before = await spent(own, "payment");
      const captures = (await own.all("payments")).length;
      await gateway.outage.begin(mode, 600_000);
      const { health } = await own.run(worker);
      await publish(
        own,
        Array.from({ length: RECORDS }, (_, n) => requested(`${mode}-${n}`)),
      );
      await breakerOpens(health.url);
      // What a busy machine is late with afterwards is no outage's.
      const { attempts } = await spent(own, "payment");
      await gateway.outage.end();
      await until(
        t,
        "all were charged",
        async () => (await own.all("payments")).length >= captures + RECORDS,
      );
      t.ok(attempts - before.attempts <= THRESHOLD, `${attempts - before.attempts} attempts used`);
      t.equal((await spent(own, "payment")).letters, 0);
      t.equal(gateway.entries.filter(({ kind }) => kind === "charge").length, RECORDS, "each charged once");
    });

  await t.test("an SMTP server in outage costs no attempt beyond the threshold", async (t) => {
    const own = await fleet(t, stack.env);
    const worker = quick(notification);
    await own.prepare(all, [worker]);
    const redis = await connectRedis(stack.redis.url, { log: silent });
    t.teardown(() => redis.close());
    const ids = Array.from({ length: RECORDS }, (_, n) => `mail-${n}`);
    for (const id of ids) await createAddresses(redis).put(`u-${id}`, `${id}@example.org`);
    await stack.smtp.kill();
    const { health } = await own.run(worker);
    await publish(own, ids.map(confirmed));
    await breakerOpens(health.url);
    const { attempts } = await spent(own, "notification");
    await stack.smtp.start();
    const mails = async () => {
      const answer = await fetch(`${stack.env.SMTP_CATCHER_URL}/messages`);
      const found: { to: string[] }[] = JSON.parse(await answer.text());
      return found;
    };
    await until(t, "all mails came", async () => (await mails()).length >= RECORDS);
    t.ok(attempts <= THRESHOLD, `${attempts} attempts used`);
    t.equal((await spent(own, "notification")).letters, 0);
    t.equal(new Set((await mails()).flatMap(({ to }) => to)).size, RECORDS);
    t.equal((await mails()).length, RECORDS, "each once");
  });
});
