import type {
  CancellationRequested,
  HoldDue,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  RefundRequested,
  ReservationCancelled,
  ReservationConfirmed,
  ReservationExpired,
  ReservationRejected,
  ReservationRequested,
} from "../../schemas/types.ts";
import type { Accepted, Sown } from "../load/accepted.ts";

/**
 * All that the invariants are judged by: what the log, the seat map, the gateway and the mail server say, each
 * for itself. Never a worker's counters.
 */
export interface Facts {
  /** Of `reservations` and `payments`; those of one partition in the order of their offsets. */
  readonly events: readonly Logged[];
  readonly letters: readonly Letter[];
  /** Who dead-letters what it can't read: every worker on `reservations`, with the records it handles. */
  readonly readers: readonly Reader[];
  readonly seatMap: SeatMapFacts | undefined;
  /** The gateway's own ledger, in its order. */
  readonly charges: readonly Charge[];
  readonly refunds: readonly Refund[];
  /** The mail server's own ledger, in the order of arrival; undefined: it has none to show. */
  readonly mails: readonly ReceivedMail[] | undefined;
  /** What the clients were promised and what was sown; undefined: nobody kept it. */
  readonly client: { readonly accepted: readonly Accepted[]; readonly sown: readonly Sown[] } | undefined;
  /**
   * Epoch milliseconds: what was requested before is not judged by the ledgers, which began later. 0: all is.
   */
  readonly since: number;
  /** Unclean ends of workers: each may repeat what was under way. */
  readonly kills: number;
}

export type BusinessEvent =
  | ReservationRequested
  | CancellationRequested
  | HoldDue
  | ReservationConfirmed
  | ReservationRejected
  | ReservationExpired
  | ReservationCancelled
  | RefundRequested
  | PaymentCaptured
  | PaymentDeclined
  | PaymentRefunded;

/** An event with where it stands in the log. */
export interface Logged<E extends BusinessEvent = BusinessEvent> {
  /** `<topic>-<partition>-<offset>`. */
  readonly id: string;
  /** Epoch milliseconds, the record's. */
  readonly time: number;
  readonly event: E;
}

export interface Letter {
  /** `<DLQ topic>-<partition>-<offset>`. */
  readonly id: string;
  /** When it was written, epoch milliseconds. */
  readonly time: number;
  readonly worker: string;
  /** Identity of the record that died. */
  readonly recordId: string;
  /** As text; null when the record had none. */
  readonly key: string | null;
  /** Simple name of the record inside, when its bytes say so. */
  readonly record: string | undefined;
  readonly reservationId: string | undefined;
  readonly stage: string;
  readonly error: string;
  readonly reason: string;
  /**
   * It still speaks for its record, as one that is being replayed does until its run ends. False once
   * `fleet.dead-letters` says that it is through or discarded.
   */
  readonly open: boolean;
}

export interface Reader {
  readonly worker: string;
  /** Simple names of the records it handles. */
  readonly records: readonly string[];
}

export interface SeatMapFacts {
  /** Per concert: each seat that is not free. */
  readonly seats: ReadonlyMap<string, ReadonlyMap<string, "held" | "sold">>;
}

export interface Charge {
  readonly id: string;
  readonly key: string;
  /** The reservation's id. */
  readonly reference: string;
  readonly amount: number;
}

export interface Refund {
  readonly id: string;
  /** The charge's id. */
  readonly charge: string;
  readonly amount: number;
}

export interface ReceivedMail {
  /** With or without angle brackets. */
  readonly messageId: string;
  readonly subject: string;
}
