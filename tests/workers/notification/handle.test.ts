import { randomUUID } from "node:crypto";
import pino from "pino";
import t, { type Test } from "tap";
import type { ReservationCancelled, ReservationConfirmed } from "../../../schemas/types.ts";
import { createAddresses } from "../../../workers/_addresses/mod.ts";
import { connectRedis, Permanent, Unavailable } from "../../../workers/_runtime/mod.ts";
import { type Notifier, notify } from "../../../workers/notification/handle.ts";
import { createMailer } from "../../../workers/notification/mailer.ts";
import { createCancelledMarks, createSentMarks } from "../../../workers/notification/sent-marks.ts";
import { catchMail, deadUrl, refusal } from "./smtp-catcher.ts";

const FROM = "tickets@box.example";
/** With servers that answer, however busy the machine is. */
const PATIENCE_MS = 60_000;
const logged: string[] = [];
const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
const signal = new AbortController().signal;
const redis = await connectRedis(process.env.REDIS_URL ?? "", { log });
t.teardown(() => redis.close());

/** A customer with an address of their own, a record, and a notifier to the server at `url`. */
async function scene(t: Test, url: string, patienceMs = PATIENCE_MS) {
  const customerId = `c-${randomUUID()}`;
  const email = `${customerId}@example.org`;
  const addresses = createAddresses(redis);
  await addresses.put(customerId, email);
  const mailer = createMailer({ url, from: FROM, maxConnections: 4, patienceMs });
  t.teardown(() => mailer.close());
  const marks = { sentMarks: createSentMarks(redis), cancelledMarks: createCancelledMarks(redis) };
  const notifier: Notifier = { addresses, ...marks, mailer, from: FROM };
  const event: ReservationConfirmed = {
    type: "ReservationConfirmed",
    reservationId: `r-${randomUUID()}`,
    customerId,
    concertId: "gala",
    seats: ["A-1"],
    amount: 9_000,
    currency: "EUR",
    chargeId: "ch_1",
  };
  const record = { id: `reservations-0-${randomUUID()}`, time: Date.UTC(2026, 10, 23) };
  return { customerId, email, notifier, event, record };
}
async function catcherFor(t: Test, ...hooks: Parameters<typeof catchMail>) {
  const catcher = await catchMail(...hooks);
  t.teardown(() => catcher.close());
  return catcher;
}

t.test("notify() sends one mail with the record's identity, and none again", async (t) => {
  const catcher = await catcherFor(t);
  const { notifier, event, record, email } = await scene(t, catcher.url);
  await notify(event, record, notifier, { signal, log });
  await notify(event, record, notifier, { signal, log });
  t.equal(catcher.mails.length, 1);
  const mail = unfolded(catcher.mails[0]);
  t.match(mail, `Message-ID: <${record.id}@box.example>`);
  t.match(mail, `To: ${email}`);
  t.match(mail, `From: ${FROM}`);
  t.match(mail, "Date: Mon, 23 Nov 2026 00:00:00 +0000");
  t.match(mail, /text\/plain[\s\S]*text\/html/);
  t.match(mail, event.reservationId);
});

t.test("notify() repeats the same mail after a kill between sending and marking", async (t) => {
  const catcher = await catcherFor(t);
  const { notifier, event, record } = await scene(t, catcher.url);
  const killed = {
    ...notifier,
    sentMarks: { has: notifier.sentMarks.has, add: () => new Promise<void>(() => {}) },
  };
  void notify(event, record, killed, { signal, log });
  while (catcher.mails.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await notify(event, record, notifier, { signal, log });
  await notify(event, record, notifier, { signal, log });
  t.equal(catcher.mails.length, 2);
  const ids = catcher.mails.map((mail) => /^Message-ID: .*$/m.exec(unfolded(mail))?.[0]);
  t.same(ids, Array(2).fill(`Message-ID: <${record.id}@box.example>`));
});

t.test("notify() does not fail when the mark of a sent mail can't be written", async (t) => {
  const catcher = await catcherFor(t);
  const { notifier, event, record } = await scene(t, catcher.url);
  const add = async () => {
    throw new Unavailable("redis", "gone");
  };
  await notify(
    event,
    record,
    { ...notifier, sentMarks: { has: notifier.sentMarks.has, add } },
    { signal, log },
  );
  t.equal(catcher.mails.length, 1);
});

t.test("notify() skips a customer whose address is erased, with a line that names nobody", async (t) => {
  const catcher = await catcherFor(t);
  const { notifier, event, record, customerId } = await scene(t, catcher.url);
  await notifier.addresses.erase(customerId);
  logged.length = 0;
  await notify(event, record, notifier, { signal, log });
  t.equal(catcher.mails.length, 0);
  t.match(logged.join(""), `"reservation":"${event.reservationId}","msg":"no address: notice skipped"`);
});

for (const [what, hooks, expected] of [
  ["a recipient refused with 550", { onRcptTo: refuse(550, "5.1.1 no such user") }, Permanent],
  ["a greylisted recipient", { onRcptTo: refuse(450, "4.2.0 come back") }, Error],
  ["a message refused with 554", { onData: refuseData(554, "5.6.0 no") }, Permanent],
  ["a message put off with 451", { onData: refuseData(451, "4.3.0 later") }, Error],
  ["421 in the middle", { onMailFrom: refuse(421, "4.3.2 closing") }, Unavailable],
  ["a sender that is refused", { onMailFrom: refuse(550, "5.7.1 not you") }, Unavailable],
  ["a greeting that refuses", { onConnect: refuseConnect(554, "no service") }, Unavailable],
] as const) {
  t.test(`notify() throws ${expected.name} for ${what}, marks nothing, and sends later`, async (t) => {
    const catcher = await catcherFor(t, hooks);
    const { notifier, event, record, email } = await scene(t, catcher.url);
    const error = await failureFrom(notify(event, record, notifier, { signal, log }));
    t.equal(error?.constructor, expected);
    t.notMatch(`${error?.message}${error?.stack}${JSON.stringify(error)}`, email);
    t.equal(catcher.mails.length, 0);

    const healed = await catcherFor(t);
    const mailer = createMailer({
      url: healed.url,
      from: FROM,
      maxConnections: 1,
      patienceMs: PATIENCE_MS,
    });
    t.teardown(() => mailer.close());
    await notify(event, record, { ...notifier, mailer }, { signal, log });
    t.equal(healed.mails.length, 1);
  });
}

t.test("notify() throws Unavailable when nobody listens, and when the server says nothing", async (t) => {
  const dead = await scene(t, await deadUrl());
  t.match(await failureFrom(notify(dead.event, dead.record, dead.notifier, { signal, log })), {
    dependency: "smtp",
  });
  const silent = await catcherFor(t, { onConnect: () => {} });
  const slow = await scene(t, silent.url, 200);
  t.match(await failureFrom(notify(slow.event, slow.record, slow.notifier, { signal, log })), {
    dependency: "smtp",
  });
});

t.test("notify() sends the mail of another log's record that has the same id", async (t) => {
  const catcher = await catcherFor(t);
  const { notifier, event, record } = await scene(t, catcher.url);
  await notify(event, record, notifier, { signal, log });
  await notify(event, { ...record, time: record.time + 1 }, notifier, { signal, log });
  t.equal(catcher.mails.length, 2);
});

t.test("notify() ends when its signal is aborted in mid-conversation", async (t) => {
  const reached = Promise.withResolvers<void>();
  const silent = await catcherFor(t, { onRcptTo: () => reached.resolve() });
  const { notifier, event, record } = await scene(t, silent.url);
  const abort = new AbortController();
  const sending = notify(event, record, notifier, { signal: abort.signal, log });
  await reached.promise;
  abort.abort();
  await t.rejects(sending, { message: "Sending was given up: its time was over" });
  t.equal(await notifier.sentMarks.has(`${record.id}@${record.time}`), false);
});

t.test("notify() throws Unavailable('redis') when Redis is gone", async (t) => {
  const catcher = await catcherFor(t);
  const { notifier, event, record } = await scene(t, catcher.url);
  const gone = await connectRedis("redis://127.0.0.1:1", { log, waitMs: 0 });
  t.teardown(() => gone.close());
  const without = { ...notifier, addresses: createAddresses(gone), sentMarks: createSentMarks(gone) };
  t.match(await failureFrom(notify(event, record, without, { signal, log })), { dependency: "redis" });
  t.equal(catcher.mails.length, 0);
});

t.test("notify() called in order delivers in order: the last mail is the truth", async (t) => {
  const catcher = await catcherFor(t);
  const { notifier, event } = await scene(t, catcher.url);
  const { customerId, reservationId, concertId, seats } = event;
  const cancelled: ReservationCancelled = {
    type: "ReservationCancelled",
    reservationId,
    customerId,
    concertId,
    seats,
    afterSale: true,
  };
  for (const [i, next] of [event, cancelled].entries())
    await notify(next, { id: `reservations-1-${randomUUID()}`, time: i }, notifier, { signal, log });
  t.same(
    catcher.mails.map((mail) => /^Subject: (\w+)/m.exec(mail)?.[1]),
    ["Confirmed", "Cancelled"],
  );
});

t.test("notify() doesn't tell of a sale whose letter comes back after its cancellation", async (t) => {
  for (const hasAddress of [true, false]) {
    const catcher = await catcherFor(t);
    const { notifier, event, email, customerId } = await scene(t, catcher.url);
    const { reservationId, concertId, seats } = event;
    const whose = { reservationId, customerId, concertId, seats };
    const cancelled: ReservationCancelled = { type: "ReservationCancelled", ...whose, afterSale: true };
    const next = () => ({ id: `reservations-1-${randomUUID()}`, time: 0 });
    if (!hasAddress) await notifier.addresses.erase(customerId);
    await notify(cancelled, next(), notifier, { signal, log });
    await notifier.addresses.put(customerId, email);
    await notify(event, next(), notifier, { signal, log });
    await notify({ ...event, reservationId: `r-${randomUUID()}` }, next(), notifier, { signal, log });
    t.same(
      catcher.mails.map((mail) => /^Subject: (\w+)/m.exec(mail)?.[1]),
      [...(hasAddress ? ["Cancelled"] : []), "Confirmed"],
      "another reservation's sale is told",
    );
  }
});

/** A mail with its folded header lines put together. */
function unfolded(mail = ""): string {
  return mail.replace(/\r\n[ \t]+/g, " ").replaceAll("\r", "");
}

async function failureFrom(promise: Promise<void>): Promise<Error | undefined> {
  return promise.then(
    () => undefined,
    (error: Error) => error,
  );
}

function refuse(code: number, text: string) {
  return (_address: unknown, _session: unknown, callback: (error?: Error | null) => void) =>
    callback(refusal(code, text));
}

function refuseConnect(code: number, text: string) {
  return (_session: unknown, callback: (error?: Error | null) => void) => callback(refusal(code, text));
}

function refuseData(code: number, text: string) {
  return (stream: NodeJS.ReadableStream, _session: unknown, callback: (error?: Error | null) => void) => {
    stream.resume().on("end", () => callback(refusal(code, text)));
  };
}
