import type { RefusalCode } from "../_letters/failures.ts";

interface Kind {
  readonly status: number;
  readonly title: string;
  readonly advice: string;
}

/** What the desk refuses, under its own words. */
const refusals: Readonly<Record<RefusalCode, Kind>> = {
  "no-such-letter": {
    status: 404,
    title: "There is no such letter",
    advice: "It may have gone with retention.",
  },
  "no-such-plan": {
    status: 404,
    title: "There is no such plan",
    advice: "`GET /plans` lists those there are.",
  },
  "no-such-job": {
    status: 404,
    title: "There is no such job",
    advice: "A plan's job starts with its replay.",
  },
  "not-open": {
    status: 409,
    title: "The letter is not open",
    advice: "It is being replayed, is through or discarded: look at its history.",
  },
  "not-running": {
    status: 409,
    title: "The job has ended",
    advice: "Make a new plan of what is still open.",
  },
  "not-agreed": {
    status: 409,
    title: "Other consumer groups would see the records",
    advice: "`details` names them; give them back as `otherGroups` to agree.",
  },
  "invalid-edit": {
    status: 422,
    title: "The edited event doesn't fit the schema",
    advice: "`details` names the places.",
  },
  "invalid-filter": { status: 422, title: "The filter can't be read", advice: "`detail` says where." },
};

/** Every problem the console answers with; its type is `urn:boxoffice:<name>` (RFC 9457). */
export const problems = {
  ...refusals,
  "invalid-request": {
    status: 400,
    title: "The request is not valid",
    advice: "`details` lists everything that is wrong with it, each with its place.",
  },
  "not-signed-in": {
    status: 401,
    title: "The console doesn't know who asks",
    advice: "Sign in, or send `authorization: Bearer …`.",
  },
  "not-allowed": { status: 403, title: "This needs another role", advice: "`detail` names it." },
  forged: {
    status: 403,
    title: "The request comes from another site",
    advice: "Use the console's own pages, or a bearer token.",
  },
  "not-found": {
    status: 404,
    title: "There is nothing at this address",
    advice: "See `/api/v1/openapi.json`.",
  },
  "too-large": { status: 413, title: "The request is too large", advice: "A body may have 16 MB." },
  "unsupported-media-type": {
    status: 415,
    title: "The body is of another type",
    advice: "Send `application/json`, or `application/x-ndjson` to import.",
  },
  "wrong-host": {
    status: 421,
    title: "This console has another name",
    advice: "Open it under CONSOLE_URL, or as localhost.",
  },
  internal: { status: 500, title: "Something is wrong on our side", advice: "The console's log says what." },
  unavailable: {
    status: 503,
    title: "Something the console needs is away",
    advice: "Wait as `Retry-After` says, then ask again.",
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type ProblemName = keyof typeof problems;

/** Thrown anywhere in a request, answered as problem+json or as a page. `message` is for the asker's eyes. */
export class Problem extends Error {
  override name = "Problem";
  readonly problem: ProblemName;
  readonly details: readonly string[];
  constructor(problem: ProblemName, message: string, details: readonly string[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = problem;
    this.details = details;
  }
}

export function problemBody({ problem, message, details }: Problem) {
  const { title, status } = problems[problem];
  return {
    type: `urn:boxoffice:${problem}`,
    title,
    status,
    detail: message,
    ...(details.length > 0 && { details }),
  };
}
