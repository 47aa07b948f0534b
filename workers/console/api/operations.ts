import type * as z from "zod";
import * as answers from "../../_letters/answers.ts";
import { ExportedLetterLine } from "../../_letters/exported-letter.ts";
import type { Role } from "../access/person.ts";
import type { ProblemName } from "../problem.ts";
import * as requests from "./requests.ts";

/** One call of the API: the router validates by it and the OpenAPI document is written from it. */
export interface Operation {
  readonly method: "GET" | "POST";
  /** Below `/api/v1`, with `{parameters}`. */
  readonly path: string;
  readonly summary: string;
  /** What the asker must be. */
  readonly role: Role;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Of NDJSON bodies: one line. */
  readonly lines?: z.ZodType;
  readonly answer: z.ZodType;
  /** The answer is NDJSON: `answer` is one line. */
  readonly stream?: true;
  readonly problems: readonly ProblemName[];
}

const FILTER = ["invalid-filter"] as const;

/** The desk (`workers/_letters/desk.ts`), method by method. */
export const operations = {
  groups: {
    method: "POST",
    path: "/letters/groups",
    summary: "Letters by worker and fingerprint, most first",
    role: "viewer",
    body: requests.FilterOnly,
    answer: answers.GroupsAnswer,
    problems: FILTER,
  },
  list: {
    method: "POST",
    path: "/letters/list",
    summary: "Letters by DLQ, partition and offset, a page at a time",
    role: "viewer",
    body: requests.ListBody,
    answer: answers.LetterPageAnswer,
    problems: FILTER,
  },
  show: {
    method: "GET",
    path: "/letters/{letter}",
    summary: "One letter: decoded, headers, history, newer events",
    role: "viewer",
    params: requests.LetterParams,
    query: requests.LookQuery,
    answer: answers.LetterDetailAnswer,
    problems: ["no-such-letter"],
  },
  export: {
    method: "POST",
    path: "/letters/export",
    summary: "Every match with its bytes, in the order of the list; needs the role personal",
    role: "personal",
    body: requests.FilterOnly,
    answer: ExportedLetterLine,
    stream: true,
    problems: FILTER,
  },
  import: {
    method: "POST",
    path: "/letters/import",
    summary: "Writes exported letters into this cluster's DLQs",
    role: "operator",
    query: requests.Reasoned,
    lines: ExportedLetterLine,
    answer: answers.ActedAnswer,
    problems: [],
  },
  edit: {
    method: "POST",
    path: "/letters/{letter}/edit",
    summary: "A new value for one open letter, or with dryRun only the comparison",
    role: "operator",
    params: requests.LetterParams,
    body: requests.EditBody,
    answer: answers.EditAnswer,
    problems: ["no-such-letter", "not-open", "invalid-edit"],
  },
  discard: {
    method: "POST",
    path: "/letters/discard",
    summary: "Takes open letters out of the counts",
    role: "operator",
    body: requests.DeedBody,
    answer: answers.ActedAnswer,
    problems: ["invalid-filter", "no-such-plan"],
  },
  restore: {
    method: "POST",
    path: "/letters/restore",
    summary: "Opens discarded letters again",
    role: "operator",
    body: requests.DeedBody,
    answer: answers.ActedAnswer,
    problems: ["invalid-filter", "no-such-plan"],
  },
  plan: {
    method: "POST",
    path: "/plans",
    summary: "Freezes the open letters that match, judges each; sends nothing",
    role: "operator",
    body: requests.PlanBody,
    answer: answers.PlanAnswer,
    problems: FILTER,
  },
  plans: {
    method: "GET",
    path: "/plans",
    summary: "All plans, newest first",
    role: "viewer",
    answer: answers.PlansAnswer,
    problems: [],
  },
  planOf: {
    method: "GET",
    path: "/plans/{plan}",
    summary: "One plan",
    role: "viewer",
    params: requests.PlanParams,
    answer: answers.PlanAnswer,
    problems: ["no-such-plan"],
  },
  replay: {
    method: "POST",
    path: "/plans/{plan}/replay",
    summary: "Starts the plan's job; there is at most one",
    role: "operator",
    params: requests.PlanParams,
    body: requests.ReplayBody,
    answer: answers.StartedAnswer,
    problems: ["no-such-plan", "not-agreed"],
  },
  jobs: {
    method: "GET",
    path: "/jobs",
    summary: "All jobs, newest first",
    role: "viewer",
    answer: answers.JobsAnswer,
    problems: [],
  },
  job: {
    method: "GET",
    path: "/jobs/{plan}",
    summary: "One job",
    role: "viewer",
    params: requests.PlanParams,
    answer: answers.JobAnswer,
    problems: ["no-such-job"],
  },
  control: {
    method: "POST",
    path: "/jobs/{plan}/orders",
    summary: "Pause, resume, throttle or cancel a job",
    role: "operator",
    params: requests.PlanParams,
    body: requests.OrderBody,
    answer: answers.JobAnswer,
    problems: ["no-such-job", "not-running"],
  },
  results: {
    method: "GET",
    path: "/jobs/{plan}/results",
    summary: "What became of each of a job's letters, in the plan's order",
    role: "viewer",
    params: requests.PlanParams,
    answer: answers.JobResultAnswer,
    stream: true,
    problems: ["no-such-job"],
  },
  audit: {
    method: "GET",
    path: "/audit",
    summary: "Who did what, newest first",
    role: "viewer",
    query: requests.AuditQuery,
    answer: answers.AuditAnswer,
    problems: [],
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

/** Those that any call may meet. */
export function problemsOf({
  body,
  query,
  params,
  problems,
  role,
  lines,
}: Operation): readonly ProblemName[] {
  const taken = body ?? lines;
  return [
    ...problems,
    ...(taken || query || params ? (["invalid-request"] as const) : []),
    ...(taken ? (["too-large", "unsupported-media-type", "forged"] as const) : []),
    "not-signed-in",
    ...(role === "viewer" ? [] : (["not-allowed"] as const)),
    "wrong-host",
    "internal",
    "unavailable",
  ];
}
