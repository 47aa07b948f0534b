import { latency } from "../load/latency.ts";
import type { Letter } from "./facts.ts";
import { endOf, historiesOf, isJudged } from "./history.ts";
import type { Sight } from "./witness.ts";

/** What an on-sale came to, by the log and the ledgers. */
export interface Figures {
  /** Requests in the log. */
  readonly accepted: number;
  /** Ever confirmed, those cancelled afterwards included. */
  readonly confirmed: number;
  readonly rejected: number;
  readonly expired: number;
  readonly cancelled: number;
  readonly refunded: number;
  /** Attempts that failed and went to a retry topic. */
  readonly retried: number;
  /** Records that waited behind an earlier one of their key. */
  readonly parked: number;
  readonly seatsSold: number;
  /** Letters by what they died of. */
  readonly letters: Readonly<Record<string, number>>;
  /** From request to confirmation, milliseconds. */
  readonly toConfirmation: { readonly p50: number; readonly p99: number };
}

export function figuresOf({ facts, log }: Sight): Figures {
  const toConfirmation = latency();
  const ended = { confirmed: 0, rejected: 0, expired: 0, cancelled: 0 };
  let accepted = 0;
  let seatsSold = 0;
  for (const history of historiesOf(facts).values()) {
    if (!isJudged(history, facts)) continue;
    const { requested, ends } = history;
    if (requested) accepted += 1;
    const confirmation = ends.find((end) => end.event.type === "ReservationConfirmed");
    if (confirmation) ended.confirmed += 1;
    if (confirmation && requested) toConfirmation.record(confirmation.time - requested.time);
    const end = endOf(history)?.event;
    if (end?.type === "ReservationConfirmed") seatsSold += end.seats.length;
    if (end?.type === "ReservationRejected") ended.rejected += 1;
    if (end?.type === "ReservationExpired") ended.expired += 1;
    if (end?.type === "ReservationCancelled") ended.cancelled += 1;
  }
  return {
    accepted,
    ...ended,
    refunded: facts.refunds.length,
    retried: log.retried,
    parked: log.parked,
    seatsSold,
    letters: count(
      facts.letters.filter((letter) => letter.time >= facts.since),
      deathOf,
    ),
    toConfirmation: {
      p50: Math.round(toConfirmation.percentile(50)),
      p99: Math.round(toConfirmation.percentile(99)),
    },
  };
}

/** What a letter died of: where, and the error's class. */
function deathOf({ stage, error }: Letter): string {
  return `${stage}: ${error}`;
}

function count<T>(items: readonly T[], name: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(name(item), (counts.get(name(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
