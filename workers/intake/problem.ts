/** Every problem intake answers with, by the last part of its type URI (RFC 9457). */
export const problems = {
  "invalid-request": {
    status: 400,
    title: "The request is not valid",
    advice: "`errors` lists everything that is wrong with it, each with its place.",
  },
  "unknown-concert": {
    status: 404,
    title: "There is no such concert",
    advice: "`GET /concerts` lists those there are.",
  },
  "unknown-seats": {
    status: 404,
    title: "The hall has no such seats",
    advice: "`seats` names them; a seat is `<row>-<number>`, numbered from 1.",
  },
  "unknown-reservation": {
    status: 404,
    title: "There is no such reservation",
    advice: "It doesn't exist, or it is not this client's.",
  },
  "not-found": {
    status: 404,
    title: "There is nothing at this address",
    advice: "`/openapi.json` describes what there is.",
  },
  taken: {
    status: 409,
    title: "Seats are taken",
    advice:
      "`seats` names those that another has; nothing was reserved. Choose others, with another Idempotency-Key.",
  },
  ended: {
    status: 409,
    title: "The reservation has ended",
    advice: "`state` says how; there is nothing left to cancel.",
  },
  "cut-off-passed": {
    status: 409,
    title: "It is too late to cancel",
    advice: "A sold seat can be cancelled until the concert's `cutOffAt`.",
  },
  "too-large": {
    status: 413,
    title: "The request is too large",
    advice: "A body may have 16 kB.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "The body is not JSON",
    advice: "Send `content-type: application/json`.",
  },
  "key-reused": {
    status: 422,
    title: "The Idempotency-Key was used for another request",
    advice: "Use a new key for a new request, the old one only to repeat the old request.",
  },
  "rate-limited": {
    status: 429,
    title: "Too many requests from this client",
    advice: "Wait as `Retry-After` says. Nothing was done.",
  },
  internal: {
    status: 500,
    title: "Something is wrong on our side",
    advice: "Repeat the request with the same Idempotency-Key.",
  },
  busy: {
    status: 503,
    title: "Too many reservations are under way",
    advice: "Wait as `Retry-After` says, then repeat with the same Idempotency-Key. Nothing was done.",
  },
  unavailable: {
    status: 503,
    title: "Reservations are paused",
    advice: "Wait as `Retry-After` says, then repeat with the same Idempotency-Key.",
  },
  "not-published": {
    status: 503,
    title: "The request could not be recorded",
    advice: "It took no effect. Wait as `Retry-After` says, then repeat with the same Idempotency-Key.",
  },
  "outcome-unknown": {
    status: 503,
    title: "Nobody knows yet whether the request was recorded",
    advice:
      "It may take effect, and it is still yours: wait as `Retry-After` says, then repeat with the same Idempotency-Key for a certain answer.",
  },
} as const satisfies Record<
  string,
  { readonly status: number; readonly title: string; readonly advice: string }
>;

export type ProblemName = keyof typeof problems;

/** What a problem may carry beside its type, title, status and detail. */
export interface ProblemExtras {
  /** Seats that the problem is about. */
  readonly seats?: readonly string[];
  /** The reservation's state. */
  readonly state?: string;
  /** JSON pointer into the body, or `header <name>`, `query <name>`. */
  readonly errors?: readonly { readonly place: string; readonly detail: string }[];
  readonly reservationId?: string;
}

/** Thrown anywhere in a request, answered as problem+json. `message` becomes the detail: for the client's eyes. */
export class Problem extends Error {
  override name = "Problem";
  readonly problem: ProblemName;
  readonly extras: ProblemExtras;
  /** Seconds for the Retry-After header. */
  readonly retryAfter: number | undefined;

  constructor(
    problem: ProblemName,
    message: string,
    options: { readonly extras?: ProblemExtras; readonly retryAfter?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.problem = problem;
    this.extras = options.extras ?? {};
    this.retryAfter = options.retryAfter;
  }
}

/** The body of a problem+json answer. */
export function problemBody({ problem, message, extras }: Problem) {
  const { title, status } = problems[problem];
  return { type: `/problems/${problem}`, title, status, detail: message, ...extras };
}
