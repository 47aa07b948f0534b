import { randomUUID } from "node:crypto";
import pino from "pino";
import t from "tap";
import { payments, reservations } from "../../../schemas/topics.ts";
import { createAddresses } from "../../../workers/_addresses/mod.ts";
import { createCodec } from "../../../workers/_runtime/codec.ts";
import { connectRedis } from "../../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import notification from "../../../workers/notification/worker.ts";
import { fleet, until } from "../../_support/fleet.ts";
import { catchMail, refusal } from "./smtp-catcher.ts";

t.test("notification: the last mail is the truth though the first is put off again and again", async (t) => {
  const log = pino({ level: "silent" });
  const redis = await connectRedis(process.env.REDIS_URL ?? "", { log });
  t.teardown(() => redis.close());
  const customerId = `c-${randomUUID()}`;
  const reservationId = `r-${randomUUID()}`;
  await createAddresses(redis).put(customerId, "ada@example.org");

  let putOff = 0;
  const catcher = await catchMail({
    onRcptTo: (_address, _session, callback) => {
      putOff += 1;
      callback(putOff <= 2 ? refusal(450, "4.2.0 come back") : null);
    },
  });
  t.teardown(() => catcher.close());

  const own = await fleet(t, { SMTP_URL: catcher.url });
  await own.prepare([reservations, payments], [notification]);
  const codec = createCodec({
    registry: connectRegistry(own.config.registry),
    records: [],
    topics: [reservations, payments],
  });
  await codec.ready(new AbortController().signal);
  const base = { reservationId, customerId, concertId: "gala", seats: ["A-1"] };
  const money = { amount: 9_000, currency: "EUR", chargeId: "ch_1" };
  const out = (topic: typeof reservations | typeof payments, value: Buffer) => ({
    topic: topic.name,
    key: Buffer.from(reservationId),
    value,
    headers: [],
  });
  const worker = await own.run(notification);
  await until(t, "the worker is ready", async () => (await fetch(`${worker.health.url}/readyz`)).ok);
  await own.send([
    out(reservations, codec.encode(reservations, { type: "ReservationConfirmed", ...base, ...money }).value),
    out(
      reservations,
      codec.encode(reservations, { type: "ReservationCancelled", ...base, afterSale: true }).value,
    ),
    out(
      payments,
      codec.encode(payments, {
        type: "PaymentRefunded",
        reservationId,
        customerId,
        refundId: "re_1",
        ...money,
      }).value,
    ),
  ]);
  await until(t, "three mails came", () => catcher.mails.length >= 3);
  await worker.stop();
  const subjects = catcher.mails.map((mail) => /^Subject: (\w+)/m.exec(mail)?.[1] ?? "");
  t.equal(subjects.length, 3);
  t.same(
    subjects.filter((subject) => subject !== "Refund"),
    ["Confirmed", "Cancelled"],
  );
  const ids = catcher.mails.map((mail) => /^Message-ID:\s*<(.*)>/m.exec(mail)?.[1] ?? "");
  t.equal(new Set(ids).size, 3);
  for (const id of ids) t.match(id, /^(reservations|payments)-\d+-\d+@boxoffice\.example$/);
});
