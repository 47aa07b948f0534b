/** What an attempt came to, classified. */
export type Failure =
  /** Can never succeed. */
  | "permanent"
  /** A dependency is down for everyone, by the handler's own word. */
  | "unavailable"
  /** A connection failed or the handler ran out of time: maybe an outage, maybe this record. */
  | "suspect"
  /** Anything else. */
  | "transient"
  /** This reader can't resolve the writer's schema. */
  | "unresolvable";

export type Decision =
  /** The same attempt again, from memory, when the breaker lets it. */
  | { readonly kind: "again" }
  | { readonly kind: "retry"; readonly level: number; readonly delayMs: number; readonly attempt: number }
  | { readonly kind: "dead letter" }
  /** The whole partition stops until an operator or another build helps. */
  | { readonly kind: "halt" };

export interface Circumstances {
  /** From 1. */
  readonly attempt: number;
  /** Milliseconds per level; one attempt more than there are levels. */
  readonly ladder: readonly number[];
  /** Open or half-open: the failure is the outage's, not the record's, and uses no attempt. */
  readonly outage: boolean;
  /** Another handler of this process succeeded while this attempt ran: the dependencies are up. */
  readonly othersSucceeded: boolean;
}

/**
 * Outcome of a failed attempt. An outage never makes a dead letter: on the last attempt `unavailable` repeats the
 * last delay, and so does a suspect failure unless others succeeded meanwhile, which shows that it is this record.
 */
export function decide(
  failure: Failure,
  { attempt, ladder, outage, othersSucceeded }: Circumstances,
): Decision {
  if (failure === "permanent") return { kind: "dead letter" };
  if (failure === "unresolvable") return { kind: "halt" };
  const maybeOutage = failure === "unavailable" || failure === "suspect";
  if (maybeOutage && outage) return { kind: "again" };
  const level = attempt - 1;
  const delayMs = ladder[level];
  if (delayMs !== undefined) return { kind: "retry", level, delayMs, attempt: attempt + 1 };
  const repeats = failure === "unavailable" || (failure === "suspect" && !othersSucceeded);
  const last = ladder.length - 1;
  const lastDelayMs = ladder[last];
  if (!repeats) return { kind: "dead letter" };
  // Without a ladder there is no delay topic to wait in: the record waits in memory for the breaker.
  return lastDelayMs === undefined
    ? { kind: "again" }
    : { kind: "retry", level: last, delayMs: lastDelayMs, attempt };
}

const CONNECTION_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/**
 * Whether the error, or what caused it, is a connection that failed. Bounded: causes can form a ring. Never throws,
 * whatever getters the error has.
 */
export function isConnectionError(error: unknown): boolean {
  try {
    let current = error;
    for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
      if ("code" in current && typeof current.code === "string" && CONNECTION_CODES.has(current.code))
        return true;
      current = current.cause;
    }
  } catch {
    // Not one that says so.
  }
  return false;
}
