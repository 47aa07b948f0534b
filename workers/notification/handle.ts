import type { Logger } from "pino";
import type { Addresses } from "../_addresses/mod.ts";
import { mailOf } from "./mail.ts";
import type { Mailer } from "./mailer.ts";
import { type NoticeEvent, noticeOf } from "./notice.ts";
import type { Marks } from "./sent-marks.ts";

export interface Notifier {
  readonly addresses: Addresses;
  readonly sentMarks: Marks;
  readonly cancelledMarks: Marks;
  readonly mailer: Mailer;
  /** The sender's address. */
  readonly from: string;
}

/**
 * Sends the notice of one event, at least once: after a kill between the server's answer and the mark it goes
 * out again under the same Message-ID. A customer without an address gets none, which is no failure.
 *
 * Key order doesn't cover dead letters: one of "confirmed" may be put back to work after "cancelled" was told. It
 * would be the customer's last e-mail, and a lie, so a cancelled reservation's sale is told no more.
 */
export async function notify(
  event: NoticeEvent,
  record: { readonly id: string; readonly time: number },
  notifier: Notifier,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Logger },
): Promise<void> {
  const { addresses, sentMarks, cancelledMarks, mailer, from } = notifier;
  // Its time too: in a new Kafka beside an old Redis, offsets begin again and another record has this id.
  const mark = `${record.id}@${record.time}`;
  if (await sentMarks.has(mark)) {
    log.info({ record: record.id }, "notice was sent before");
    return;
  }
  if (event.type === "ReservationCancelled") await cancelledMarks.add(event.reservationId);
  if (event.type === "ReservationConfirmed" && (await cancelledMarks.has(event.reservationId))) {
    log.info({ record: record.id, reservation: event.reservationId }, "cancelled meanwhile: notice skipped");
    return;
  }
  const address = await addresses.get(event.customerId);
  if (address === undefined) {
    log.info({ record: record.id, reservation: event.reservationId }, "no address: notice skipped");
    return;
  }
  await mailer.send(mailOf(noticeOf(event), address, record, from), signal);
  try {
    await sentMarks.add(mark);
  } catch (error) {
    // The mail is out: failing here would send it again for certain, going on repeats it only after a kill.
    log.warn({ record: record.id, err: error }, "notice sent, its mark could not be written");
  }
}
