import type { ReservationRequested } from "../../schemas/types.ts";
import type { BusinessEvent, Facts, Letter, Logged } from "./facts.ts";

/** What the log says of one reservation. */
export interface History {
  readonly reservationId: string;
  readonly requested: Logged<ReservationRequested> | undefined;
  /** How often the log has its request: each publish whose answer was lost leaves one more. */
  readonly requests: number;
  /** Confirmed, rejected, expired, cancelled: in the log's order. */
  readonly ends: readonly Logged<EndEvent>[];
  readonly payments: readonly Logged<PaymentEvent>[];
  /** When its customer first asked to cancel, epoch milliseconds, the clock of intake. */
  readonly cancellationAt: number | undefined;
  /** Open dead letters that name it. */
  readonly letters: readonly Letter[];
}

export type EndEvent = Extract<
  BusinessEvent,
  { type: "ReservationConfirmed" | "ReservationRejected" | "ReservationExpired" | "ReservationCancelled" }
>;
export type PaymentEvent = Extract<
  BusinessEvent,
  { type: "PaymentCaptured" | "PaymentDeclined" | "PaymentRefunded" }
>;

export type Histories = ReadonlyMap<string, History>;

interface Draft {
  requested: Logged<ReservationRequested> | undefined;
  requests: number;
  readonly ends: Logged<EndEvent>[];
  readonly payments: Logged<PaymentEvent>[];
  cancellationAt: number | undefined;
  readonly letters: Letter[];
}

/** One history for every reservation that the log or a dead letter names. */
export function historiesOf(facts: Pick<Facts, "events" | "letters">): Histories {
  const drafts = new Map<string, Draft & { readonly reservationId: string }>();
  const of = (reservationId: string) => {
    const known = drafts.get(reservationId);
    if (known) return known;
    const empty: Draft = {
      ...{
        requested: undefined,
        requests: 0,
        ends: [],
        payments: [],
        cancellationAt: undefined,
        letters: [],
      },
    };
    const made = { ...empty, reservationId };
    drafts.set(reservationId, made);
    return made;
  };
  for (const logged of facts.events) add(of(logged.event.reservationId), logged);
  for (const letter of facts.letters) {
    if (!letter.open) continue;
    for (const name of new Set([letter.reservationId, letter.key])) {
      if (name !== undefined && name !== null) of(name).letters.push(letter);
    }
  }
  return drafts;
}

function add(draft: Draft, logged: Logged): void {
  const { event } = logged;
  switch (event.type) {
    case "ReservationRequested":
      // The first counts: a repeat is the same request published again.
      draft.requested ??= { ...logged, event };
      draft.requests += 1;
      return;
    case "ReservationConfirmed":
    case "ReservationRejected":
    case "ReservationExpired":
    case "ReservationCancelled":
      draft.ends.push({ ...logged, event });
      return;
    case "PaymentCaptured":
    case "PaymentDeclined":
    case "PaymentRefunded":
      draft.payments.push({ ...logged, event });
      return;
    case "CancellationRequested":
      draft.cancellationAt = Math.min(event.requestedAt, draft.cancellationAt ?? event.requestedAt);
      return;
    case "HoldDue":
    case "RefundRequested":
      return;
  }
}

/** The last word on the reservation; undefined while it is under way. */
export function endOf(history: History): Logged<EndEvent> | undefined {
  return history.ends.at(-1);
}

/** Confirmed, and not cancelled afterwards: the seats are the customer's. */
export function isStanding(history: History): boolean {
  return endOf(history)?.event.type === "ReservationConfirmed";
}

/** Who ends a request or gives money back: a notice that died is no reason for either to be missing. */
const ENDING: ReadonlySet<string> = new Set(["payment", "settlement", "expiry"]);

/** Whether an open dead letter says why an end or a refund is missing. */
export function isExcused({ letters }: History): boolean {
  return letters.some(({ worker }) => ENDING.has(worker));
}

/** Ended, or an open dead letter says why not. */
export function isSettled(history: History): boolean {
  return history.ends.length > 0 || isExcused(history);
}

/** Requested since the ledgers began: whatever they don't know of it is missing. */
export function isJudged(history: History, { since }: Pick<Facts, "since">): boolean {
  // Without a request, which is wrong enough, the first that the log has of it.
  const first = history.requested ?? history.ends[0] ?? history.payments[0];
  return since === 0 || (first?.time ?? 0) >= since;
}
