import type * as z from "zod";
import { Unavailable, UsageError } from "../_runtime/mod.ts";
import * as answers from "./answers.ts";
import type { Call, Desk } from "./desk.ts";
import type { ExportedLetter } from "./exported-letter.ts";
import { ExportedLetterLine } from "./exported-letter.ts";
import { bodyText, callRemote, misfit, parseJson, type Remote, type RemoteRequest } from "./remote-call.ts";
import { readRows } from "./remote-rows.ts";
import type { JobResult } from "./replay-job.ts";

/** What is told of a call whose progress can't be seen. */
const TELL_MS = 1000;

/**
 * The desk of a console far away, by its API (`/api/v1` below `url`). Who asks is who the token says, not `call.by`.
 * Refusals come as `Refused`, as from a desk here.
 * @throws {UsageError} when `url` is none
 */
export function remoteDesk(url: string, { token }: { readonly token?: string } = {}): Desk {
  const remote: Remote = { url: baseOf(url), token };
  const get = <T>(call: Call, answer: z.ZodType, path: string, query?: RemoteRequest["query"]) =>
    ask<T>(remote, call, answer, { method: "GET", path, ...(query && { query }), signal: call.signal });
  const post = <T>(call: Call, answer: z.ZodType, path: string, json: unknown) =>
    ask<T>(remote, call, answer, { method: "POST", path, json, signal: call.signal });
  return {
    groups: (filter, call) => post(call, answers.GroupsAnswer, "/letters/groups", { filter }),
    list: (filter, page, call) => post(call, answers.LetterPageAnswer, "/letters/list", { filter, page }),
    show: (letter, look, call) =>
      get(call, answers.LetterDetailAnswer, `/letters/${part(letter)}`, { ...look }),
    plan: (wish, call) => post(call, answers.PlanAnswer, "/plans", wish),
    plans: (call) => get(call, answers.PlansAnswer, "/plans"),
    planOf: (plan, call) => get(call, answers.PlanAnswer, `/plans/${part(plan)}`),
    export: (filter, call) =>
      readRows<ExportedLetter>(
        remote,
        ExportedLetterLine,
        { method: "POST", path: "/letters/export", json: { filter } },
        call,
      ),
    audit: (wish, call) => get(call, answers.AuditAnswer, "/audit", { ...wish }),
    replay: (plan, wish, call) => post(call, answers.StartedAnswer, `/plans/${part(plan)}/replay`, wish),
    edit: (letter, wish, call) => post(call, answers.EditAnswer, `/letters/${part(letter)}/edit`, wish),
    discard: (which, { reason }, call) =>
      post(call, answers.ActedAnswer, "/letters/discard", { which, reason }),
    restore: (which, { reason }, call) =>
      post(call, answers.ActedAnswer, "/letters/restore", { which, reason }),
    import: (letters, { reason }, call) =>
      ask(remote, call, answers.ActedAnswer, {
        method: "POST",
        path: "/letters/import",
        query: { reason },
        lines: letters,
        signal: call.signal,
      }),
    jobs: (call) => get(call, answers.JobsAnswer, "/jobs"),
    job: (plan, call) => get(call, answers.JobAnswer, `/jobs/${part(plan)}`),
    control: (plan, order, call) => post(call, answers.JobAnswer, `/jobs/${part(plan)}/orders`, order),
    results: (plan, call) =>
      readRows<JobResult>(
        remote,
        answers.JobResultAnswer,
        { method: "GET", path: `/jobs/${part(plan)}/results` },
        call,
      ),
    async close() {},
  };
}

async function ask<T>(remote: Remote, call: Call, answer: z.ZodType, request: RemoteRequest): Promise<T> {
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += TELL_MS / 1000;
    call.progress?.("waiting for the console, seconds", seconds, undefined);
  }, TELL_MS);
  try {
    const response = await callRemote(remote, request);
    const read = parseJson(await bodyText(remote.url, response, request.signal));
    const why = misfit(answer, read);
    if (why !== undefined)
      throw new Unavailable(
        "console",
        `Cannot read the answer of '${remote.url}${request.path}' (${why}): is this the address of a console of this version?`,
      );
    // Each schema is held to the desk's type (answers-fit.ts); what is undefined there is missing here.
    return read as T;
  } finally {
    clearInterval(timer);
  }
}

function part(text: string): string {
  return encodeURIComponent(text);
}

function baseOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new UsageError(
      `Cannot use --remote '${url}' as it is no console's address: write e.g. https://console.example`,
    );
  if (parsed.username !== "" || parsed.password !== "")
    throw new UsageError(
      "Cannot use a password in --remote: give the console's token with --token or BOXOFFICE_TOKEN",
    );
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, "");
}
