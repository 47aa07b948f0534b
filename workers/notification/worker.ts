import { payments, reservations } from "../../schemas/topics.ts";
import {
  PaymentRefunded,
  ReservationCancelled,
  ReservationConfirmed,
  ReservationExpired,
  ReservationRejected,
} from "../../schemas/types.ts";
import { createAddresses } from "../_addresses/mod.ts";
import { connectRedis, defineWorker, from } from "../_runtime/mod.ts";
import { notify } from "./handle.ts";
import { createMailer } from "./mailer.ts";
import { createCancelledMarks, createSentMarks } from "./sent-marks.ts";

/** Mails in flight: as many as there are connections, so that none waits in a queue while its time runs out. */
const CONNECTIONS = 16;

/** Tells customers by e-mail what became of their reservation; the last mail is the truth, so order is by key. */
export default defineWorker({
  name: "notification",
  reads: [
    from(reservations, ReservationConfirmed, ReservationRejected, ReservationExpired, ReservationCancelled),
    from(payments, PaymentRefunded),
  ],
  concurrency: CONNECTIONS,
  permissions: { net: ["REDIS_URL", "SMTP_URL"] },
  async setup(host) {
    const { config, log } = host;
    const redis = await connectRedis(config.redis.url, { log });
    host.defer(() => redis.close());
    const mailer = createMailer({ ...config.smtp, maxConnections: CONNECTIONS });
    host.defer(() => mailer.close());
    const { from } = config.smtp;
    const marks = { sentMarks: createSentMarks(redis), cancelledMarks: createCancelledMarks(redis) };
    return { notifier: { addresses: createAddresses(redis), ...marks, mailer, from } };
  },
  async handle(event, { notifier, id, time, signal, log }) {
    await notify(event, { id, time }, notifier, { signal, log });
  },
});
