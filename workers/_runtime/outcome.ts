import type { Logger } from "pino";

/**
 * What became of one attempt at a record, in the words of logs and metrics.
 * `skipped`: not one of the worker's records, or a tombstone it didn't ask for. `dropped`: decided, but
 * another member owns the partition now and runs it again.
 */
export const outcomes = ["done", "skipped", "retry", "parked", "dead letter", "halted", "dropped"] as const;

export type OutcomeName = (typeof outcomes)[number];

export interface OutcomeLine {
  /** The record's identity for life. */
  readonly id: string;
  /** Source topic. */
  readonly topic: string;
  /** Record name, e.g. `PaymentCaptured`; undefined when the frame couldn't be read. */
  readonly record: string | undefined;
  readonly outcome: OutcomeName;
  readonly attempt: number;
  readonly durationMs: number;
  /** When it failed: where, the error's class (not its message, which may quote the event), and its fingerprint. */
  readonly failed?: { readonly stage: string; readonly error: string; readonly fingerprint: string };
  /** Of a retry: when it is tried again, epoch ms. */
  readonly dueAt?: number;
}

const LEVELS: Readonly<Record<OutcomeName, "debug" | "info" | "warn" | "error">> = {
  done: "info",
  skipped: "debug",
  retry: "warn",
  parked: "info",
  "dead letter": "error",
  halted: "error",
  dropped: "warn",
};

/**
 * One line an outcome. Takes each field by name, so that what a caller's object happens to carry beside
 * them (key, payload, a person's data) is never written.
 */
export function logOutcome(log: Logger, line: OutcomeLine): void {
  const { id, topic, record, outcome, attempt, durationMs, failed, dueAt } = line;
  log[LEVELS[outcome]](
    {
      id,
      topic,
      record,
      outcome,
      attempt,
      ms: Math.round(durationMs * 10) / 10,
      ...(failed && { stage: failed.stage, error: failed.error, fingerprint: failed.fingerprint }),
      ...(dueAt !== undefined && { due: new Date(dueAt).toISOString() }),
    },
    outcome,
  );
}
