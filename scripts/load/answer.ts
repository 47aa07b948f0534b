/** What came back from one HTTP call, if anything did. */
export type Answer =
  | { readonly status: number; readonly retryAfterMs: number | undefined; readonly body: string }
  /** No answer: nobody knows whether the call took effect. */
  | { readonly lost: string };

/** What a client makes of an answer. */
export type Verdict =
  | { readonly is: "accepted"; readonly body: string }
  /** Another has one of the seats. */
  | { readonly is: "taken" }
  /** The request itself is at fault; asking again would not help. */
  | { readonly is: "refused"; readonly status: number; readonly body: string }
  | { readonly is: "again"; readonly afterMs: number };

const BASE_MS = 100;
const LONGEST_MS = 5_000;

/**
 * Lost answers, 429 and 5xx are asked again, as a well-behaved client does, later each time. Asking again is
 * safe only because the Idempotency-Key stays the same.
 *
 * @param tries from 1
 * @param jitter from 0, below 1
 */
export function verdict(answer: Answer, tries: number, jitter: number): Verdict {
  const backoffMs = Math.min(LONGEST_MS, BASE_MS * 2 ** (tries - 1)) * (0.5 + jitter / 2);
  if ("lost" in answer) return { is: "again", afterMs: backoffMs };
  const { status, body, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return { is: "accepted", body };
  if (status === 409) return { is: "taken" };
  if (status !== 429 && status < 500) return { is: "refused", status, body };
  // Retry-After has whole seconds: without jitter on top all the refused come back in the same instant.
  const toldMs = Math.min(retryAfterMs ?? 0, LONGEST_MS);
  return { is: "again", afterMs: toldMs + backoffMs };
}

/** Milliseconds of a Retry-After header in seconds; undefined for none, a date or nonsense. */
export function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}
