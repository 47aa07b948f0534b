import type {
  CancellationRequested,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  RefundRequested,
  ReservationRequested,
} from "../../schemas/types.ts";
import { Permanent } from "../_runtime/mod.ts";

export type PaymentCommand = ReservationRequested | CancellationRequested | RefundRequested;
export type PaymentOutcome = PaymentCaptured | PaymentDeclined | PaymentRefunded;

/** The one call at the gateway that an attempt makes. */
export type Step =
  | {
      readonly call: "charge";
      readonly key: string;
      readonly amount: number;
      readonly currency: string;
      readonly card: string;
      readonly reference: string;
    }
  | { readonly call: "close"; readonly key: string }
  | { readonly call: "refund"; readonly key: string; readonly charge: string; readonly amount: number };

/** What stands at the gateway after the call. */
export type Standing =
  | { readonly is: "charged"; readonly chargeId: string; readonly amount: number; readonly currency: string }
  | { readonly is: "declined" }
  | { readonly is: "barred" }
  | {
      readonly is: "refunded";
      readonly refundId: string;
      readonly chargeId: string;
      readonly amount: number;
      readonly currency: string;
    };

/**
 * Charges only while the answer can still come before the hold's deadline. After that, and on a
 * cancellation, the key is closed instead: whatever an earlier attempt did, lost answers included, the
 * gateway then either names its charge or never makes one. First deliveries, retries and replays are alike.
 * @throws {Permanent} when the reservation's id can't be an idempotency key.
 */
export function stepFor(event: PaymentCommand, nowMs: number, gatewayTimeoutMs: number): Step {
  const id = event.reservationId;
  // It travels in a header: anything else would fail there as if the gateway were to blame.
  if (!/^[\x21-\x7e]{1,240}$/.test(id)) {
    throw new Permanent(
      "Cannot pay for reservation as 'reservationId' must be 1 to 240 printable ASCII characters without spaces",
    );
  }
  if (event.type === "RefundRequested") {
    return { call: "refund", key: `${id}:refund`, charge: event.chargeId, amount: event.amount };
  }
  const key = `${id}:charge`;
  if (event.type === "CancellationRequested" || nowMs >= event.holdUntil - gatewayTimeoutMs) {
    return { call: "close", key };
  }
  const { amount, currency, card } = event;
  return { call: "charge", key, amount, currency, card, reference: id };
}

/**
 * What is announced of what stands at the gateway, or undefined: a cancellation that found no charge leaves
 * nothing to say, as settlement ends the reservation by itself. A charge is announced whenever it is seen,
 * even if it was before (cancelled after it was captured): consumers know it by its charge's id.
 */
export function outcomeOf(event: PaymentCommand, standing: Standing): PaymentOutcome | undefined {
  const { reservationId, customerId } = event;
  switch (standing.is) {
    case "charged": {
      const { chargeId, amount, currency } = standing;
      return { type: "PaymentCaptured", reservationId, customerId, chargeId, amount, currency };
    }
    case "refunded": {
      const { chargeId, refundId, amount, currency } = standing;
      return { type: "PaymentRefunded", reservationId, customerId, chargeId, refundId, amount, currency };
    }
    case "declined":
    case "barred": {
      if (event.type === "CancellationRequested") return undefined;
      const reason = standing.is === "barred" ? "TOO_LATE" : "DECLINED";
      return { type: "PaymentDeclined", reservationId, customerId, reason };
    }
  }
}
